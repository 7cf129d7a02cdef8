import type { Clock, Logger } from '../observe/index.ts';
import { type AddedMessage, type LineOrder, Refusal, type Registry } from '../rooms/index.ts';
import { rateOf } from './audio.ts';
import type { AudioLeg, Place } from './audio-leg.ts';
import { type ClientEvent, type ClientEventOf, parseClientEvent } from './client-events.ts';
import { Conversation } from './conversation.ts';
import type { ChannelEnd, EventChannel, EventSink } from './event-channel.ts';
import { InputAudio } from './input.ts';
import { Items } from './items.ts';
import { NewsReader } from './news-reader.ts';
import { type EventBody, errorEvent, freshId, RealtimeError } from './protocol.ts';
import { Replies } from './replies.ts';
import { keepingTurns, merged, type SessionConfig, shownSession, toolsOf, wishesOf } from './session-config.ts';
import { type Message, Waiting } from './waiting.ts';

export interface RealtimeSessionOptions {
  readonly channel: EventChannel;
  readonly leg: AudioLeg;
  readonly rooms: Registry;
  readonly session: SessionConfig;
  readonly clock: Clock;
  readonly log: Logger;
  /** The client comes later, at `begin`, and until then no room is opened, whoever says something. */
  readonly awaited?: boolean;
}

const FIRST_CALLER_MS = 10_000;
/** So long after its last update a client is taken to have set its session, in ms. */
const SETTLED_MS = 300;

/** One client: its session, its conversation, and its place in a room; whichever way its events and its voice come. */
export class RealtimeSession {
  readonly #options: RealtimeSessionOptions;
  readonly #id = freshId('sess');
  readonly #conversation = new Conversation();
  readonly #input: InputAudio;
  readonly #replies: Replies;
  readonly #items: Items;
  readonly #news: NewsReader;
  readonly #stops: (() => void)[] = [];
  /** While the room is being opened. */
  #queue: Waiting | undefined;
  #config: SessionConfig;
  /** What its agent was made for. */
  #openedWith: SessionConfig;
  #place: Place | undefined;
  #cancelOpening: (() => void) | undefined;
  #awaited: boolean;
  /** Nothing more that comes is of interest. */
  #closing = false;
  #gone = false;

  constructor(options: RealtimeSessionOptions) {
    const { session, leg, clock, awaited = false } = options;
    this.#options = options;
    this.#config = session;
    this.#openedWith = session;
    this.#awaited = awaited;
    const send = (body: EventBody): void => this.#send(body);
    const shared = { send, conversation: this.#conversation, config: () => this.#config, clock };
    const tell = (order: LineOrder): void => this.#in(({ room, caller }) => room.tellLine(caller, order));
    this.#input = new InputAudio({ ...shared, by: leg.by, tell, onRecognised: () => this.#replies.ask() });
    this.#replies = new Replies({
      ...shared,
      input: this.#input,
      agent: {
        tell,
        text: (text) => this.#in(({ room, caller }) => room.text(caller, text)),
        ask: () => this.#in(({ room, caller }) => room.ask(caller)),
        interrupt: () => this.#in(({ room }) => room.interrupt()),
        instruct: (text) => this.#in(({ room }) => room.instruct(text)),
        toolResult: (result) => this.#in(({ room, caller }) => room.toolResult(caller, result)),
      },
    });
    const add = (message: AddedMessage): void => this.#in(({ room }) => room.addMessage(message, { reply: false }));
    this.#items = new Items({ ...shared, input: this.#input, replies: this.#replies, tell, add });
    this.#news = new NewsReader({ send, input: this.#input, replies: this.#replies, items: this.#items });
  }

  /** The first words to everybody who comes. */
  greet(to: EventSink = this.#options.channel): void {
    this.#send({ type: 'session.created', session: shownSession(this.#id, this.#config) }, to);
    const conversation = { id: this.#conversation.id, object: 'realtime.conversation' } as const;
    this.#send({ type: 'conversation.created', conversation }, to);
  }

  /** Who was awaited is there. */
  begin(): void {
    if (this.#gone || !this.#awaited) return;
    this.#awaited = false;
    if (this.#queue) this.#open();
    else this.#settle();
  }

  /** Who says it is told alone what is wrong with it. */
  receive(data: string, from: EventSink = this.#options.channel): void {
    if (this.#gone || this.#closing) return;
    if (this.#queue) {
      if (!this.#queue.put({ data, from })) this.#close('flooded', 'too many messages at once');
      return;
    }
    let eventId: string | undefined;
    try {
      const event = parseClientEvent(data);
      eventId = event.event_id;
      if (event.type === 'session.update') this.#update(event);
      else if (this.#place) this.#serve(event);
      else this.#open({ data, from });
    } catch (error) {
      this.#refuse(error, eventId ?? (error as { eventId?: string }).eventId, from);
    }
  }

  /** The client is gone. May be called again. */
  end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#replies.close();
    this.#cancelOpening?.();
    for (const stop of this.#stops) stop();
    if (this.#place) leave(this.#place);
  }

  /** Opens the room in a moment, unless something comes that says how its agent is to be. */
  #settle(): void {
    if (this.#gone || this.#awaited || this.#place || this.#queue) return;
    this.#cancelOpening?.();
    this.#cancelOpening = this.#options.clock.after(SETTLED_MS, () => this.#open());
  }

  /** The room is opened by what comes after the first updates, so that they can say how its agent is to be. */
  #open(first?: Message): void {
    this.#cancelOpening?.();
    this.#options.channel.pause();
    this.#queue ??= new Waiting();
    if (first) this.#queue.put(first);
    if (this.#awaited) return;
    void this.#enter().catch((error) => this.#turnAway(error));
  }

  async #enter(): Promise<void> {
    const { leg, rooms } = this.#options;
    this.#openedWith = this.#config;
    const plan = { firstCallerMs: FIRST_CALLER_MS, webhooks: [], metadata: { door: 'realtime' } };
    const room = await leg.createRoom({ ...plan, agent: wishesOf(this.#config) });
    const place = await rooms.join({ room: room.name });
    if (this.#gone || this.#closing) return leave(place);
    this.#place = place;
    this.#stops.push(
      room.events.on('agent', (event) => this.#news.agent(event, place.caller.id)),
      room.events.on('closed', (reason) =>
        this.#close(reason === 'shutdown' ? 'shutdown' : 'over', `the call is over: ${reason}`),
      ),
    );
    this.#openLine(place);
    this.#input.findTurns();
    this.#replies.reset();
    room.offerTools(place.caller, toolsOf(this.#config));
    await leg.enter(place);
    const waiting = this.#queue;
    this.#queue = undefined;
    for (const { data, from } of waiting ?? []) this.receive(data, from);
    this.#options.channel.resume();
  }

  #turnAway(error: unknown): void {
    if (this.#gone) return;
    const known = error instanceof Refusal;
    if (!known) this.#options.log.error({ err: error }, 'a realtime session could not be opened');
    this.#send(errorEvent(known ? new RealtimeError(error.code, error.message) : error));
    this.#close('refused', 'no place');
  }

  #openLine({ room, caller }: Place): void {
    const { input, output } = this.#config.audio;
    const rates = { rate: rateOf(input.format), voiceRate: rateOf(output.format) };
    const byRtp = this.#options.leg.by === 'rtp' ? true : undefined;
    room.openLine(caller, { ...rates, byRtp, onNews: (news) => this.#trying(() => this.#news.line(news)) });
  }

  #update({ session }: ClientEventOf<'session.update'>): void {
    const before = this.#config;
    const next = this.#place ? keepingTurns(merged(before, session), this.#openedWith) : merged(before, session);
    this.#config = next;
    this.#settle();
    this.#in((place) => {
      const { room, caller } = place;
      if (next.instructions !== before.instructions) room.instruct(next.instructions);
      if (next.output_modalities !== before.output_modalities) this.#replies.reset();
      if (next.tools !== before.tools || next.tool_choice !== before.tool_choice)
        room.offerTools(caller, toolsOf(next));
      const { voice, speed } = next.audio.output;
      if (voice !== before.audio.output.voice || speed !== before.audio.output.speed) {
        room.speakAs(caller, { voice, speed }).catch((error) => this.#refuse(error, undefined));
      }
      if (ratesOf(next) !== ratesOf(before)) this.#openLine(place);
      const [finds, found] = [next, before].map(({ audio }) => audio.input.turn_detection !== null);
      if (finds !== found) this.#input.findTurns();
      if (!finds) room.tellLine(caller, { do: 'forget' });
    });
    this.#send({ type: 'session.updated', session: shownSession(this.#id, this.#config) });
  }

  #serve(event: Exclude<ClientEvent, { type: 'session.update' }>): void {
    switch (event.type) {
      case 'input_audio_buffer.append':
        this.#input.append(event.audio);
        break;
      case 'input_audio_buffer.commit':
        this.#input.commit();
        break;
      case 'input_audio_buffer.clear':
        this.#input.clear();
        break;
      case 'output_audio_buffer.clear':
        this.#replies.hush();
        break;
      case 'response.cancel':
        this.#replies.cancel();
        break;
      case 'response.create':
        this.#replies.create(event.response ?? {});
        break;
      case 'conversation.item.create':
        this.#items.create(event);
        break;
      case 'conversation.item.retrieve':
        this.#send({ type: 'conversation.item.retrieved', item: this.#conversation.get(event.item_id).item });
        break;
      case 'conversation.item.delete':
        this.#items.delete(event.item_id);
        break;
      case 'conversation.item.truncate':
        this.#replies.truncate(this.#conversation.get(event.item_id), event.audio_end_ms, event.event_id);
        break;
    }
  }

  /** What fails here must not fail others. */
  #trying(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#refuse(error, undefined);
    }
  }

  #in(act: (place: Place) => void): void {
    if (this.#place) act(this.#place);
  }

  #close(end: ChannelEnd, reason: string): void {
    this.#closing = true;
    this.#options.channel.close(end, reason);
  }

  #refuse(error: unknown, eventId: string | undefined, to?: EventSink): void {
    if (!(error instanceof RealtimeError)) this.#options.log.error({ err: error }, 'a realtime event failed');
    this.#send(errorEvent(error, eventId), to);
  }

  #send(body: EventBody, to: EventSink = this.#options.channel): void {
    if (!this.#gone) to.send(JSON.stringify({ event_id: freshId('event'), ...body }));
  }
}

function leave({ room, caller }: Place): void {
  room.leave(caller);
  if (room.callers.length === 0) void room.close('room-closed');
}

const ratesOf = ({ audio }: SessionConfig): string => `${rateOf(audio.input.format)} ${rateOf(audio.output.format)}`;
