import type { Clock, Logger } from '../observe/index.ts';
import {
  type AddedMessage,
  type AgentEvent,
  type Caller,
  type LineNews,
  type LineOrder,
  Refusal,
  type Registry,
  type Room,
} from '../rooms/index.ts';
import { rateOf } from './audio.ts';
import { type ClientEvent, type ClientEventOf, parseClientEvent } from './client-events.ts';
import { Conversation } from './conversation.ts';
import { InputAudio } from './input.ts';
import { Items } from './items.ts';
import { type EventBody, errorEvent, freshId, RealtimeError } from './protocol.ts';
import { Replies } from './replies.ts';
import { keepingTurns, merged, type SessionConfig, shownSession, toolsOf, wishesOf } from './session-config.ts';

/** The socket, as far as a connection needs it. */
export interface Wire {
  send(text: string): void;
  /** Nothing more is read before `resume`. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

export interface ConnectionOptions {
  readonly wire: Wire;
  readonly rooms: Registry;
  readonly session: SessionConfig;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Messages that wait while the room is opened; a client that sends more is turned away. */
const LONGEST_QUEUE = 1000;
const FIRST_CALLER_MS = 10_000;
/** So long after its last update a client is taken to have set its session, in ms. */
const SETTLED_MS = 300;

/** One client: its session, its conversation, and its place in a room. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #id = freshId('sess');
  readonly #conversation = new Conversation();
  readonly #input: InputAudio;
  readonly #replies: Replies;
  readonly #items: Items;
  readonly #stops: (() => void)[] = [];
  /** While the room is being opened. */
  #queue: string[] | undefined;
  #config: SessionConfig;
  /** What its agent was made for. */
  #openedWith: SessionConfig;
  #place: { readonly room: Room; readonly caller: Caller } | undefined;
  #cancelOpening: (() => void) | undefined;
  #failure: string | undefined;
  #gone = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#config = options.session;
    this.#openedWith = options.session;
    const send = (body: EventBody): void => this.#send(body);
    const shared = { send, conversation: this.#conversation, config: () => this.#config };
    const tell = (order: LineOrder): void => this.#in(({ room, caller }) => room.tellLine(caller, order));
    this.#input = new InputAudio({ ...shared, tell, onRecognised: () => this.#replies.ask() });
    this.#replies = new Replies({
      ...shared,
      input: this.#input,
      clock: options.clock,
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
  }

  /** The first words of every session. */
  greet(): void {
    this.#send({ type: 'session.created', session: shownSession(this.#id, this.#config) });
    this.#send({
      type: 'conversation.created',
      conversation: { id: this.#conversation.id, object: 'realtime.conversation' },
    });
  }

  receive(data: string): void {
    if (this.#queue) {
      if (this.#queue.push(data) > LONGEST_QUEUE) this.#options.wire.close(1008, 'too many messages at once');
      return;
    }
    let eventId: string | undefined;
    try {
      const event = parseClientEvent(data);
      eventId = event.event_id;
      if (event.type === 'session.update') this.#update(event);
      else if (this.#place) this.#serve(event);
      else this.#open([data]);
    } catch (error) {
      this.#refuse(error, eventId ?? (error as { eventId?: string }).eventId);
    }
  }

  /** The socket is gone. */
  end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#replies.close();
    this.#cancelOpening?.();
    for (const stop of this.#stops) stop();
    const place = this.#place;
    if (!place) return;
    place.room.leave(place.caller);
    if (place.room.callers.length === 0) void place.room.close('room-closed');
  }

  /** The room is opened by what comes after the first updates, so that they can say how its agent is to be. */
  #open(first: string[]): void {
    this.#cancelOpening?.();
    this.#options.wire.pause();
    this.#queue = first;
    void this.#enter().catch((error) => this.#turnAway(error));
  }

  async #enter(): Promise<void> {
    const { rooms, wire } = this.#options;
    this.#openedWith = this.#config;
    const plan = { firstCallerMs: FIRST_CALLER_MS, webhooks: [], metadata: { door: 'realtime' } };
    const room = await rooms.create({ ...plan, agent: wishesOf(this.#config) });
    const { caller } = await rooms.join({ room: room.name });
    this.#place = { room, caller };
    if (this.#gone) {
      this.#gone = false;
      this.end();
      return;
    }
    this.#stops.push(
      room.events.on('agent', (event) => this.#hearAgent(event)),
      room.events.on('closed', (reason) =>
        wire.close(reason === 'shutdown' ? 1001 : 1000, `the call is over: ${reason}`),
      ),
    );
    this.#openLine(room, caller);
    room.offerTools(caller, toolsOf(this.#config));
    const waiting = this.#queue ?? [];
    this.#queue = undefined;
    for (const data of waiting) this.receive(data);
    wire.resume();
  }

  #turnAway(error: unknown): void {
    const known = error instanceof Refusal;
    if (!known) this.#options.log.error({ err: error }, 'a realtime session could not be opened');
    this.#send(errorEvent(known ? new RealtimeError(error.code, error.message) : error));
    this.#options.wire.close(1013, 'no place');
  }

  #openLine(room: Room, caller: Caller): void {
    const { input, output } = this.#config.audio;
    const rates = { rate: rateOf(input.format), voiceRate: rateOf(output.format) };
    room.openLine(caller, { ...rates, onNews: (news) => this.#hearLine(news) });
  }

  #update({ session }: ClientEventOf<'session.update'>): void {
    const before = this.#config;
    const next = this.#place ? keepingTurns(merged(before, session), this.#openedWith) : merged(before, session);
    this.#config = next;
    if (!this.#place) {
      this.#cancelOpening?.();
      this.#cancelOpening = this.#options.clock.after(SETTLED_MS, () => this.#open([]));
    }
    this.#in(({ room, caller }) => {
      if (next.instructions !== before.instructions) room.instruct(next.instructions);
      if (next.tools !== before.tools || next.tool_choice !== before.tool_choice)
        room.offerTools(caller, toolsOf(next));
      const { voice, speed } = next.audio.output;
      if (voice !== before.audio.output.voice || speed !== before.audio.output.speed) {
        room.speakAs(caller, { voice, speed }).catch((error) => this.#refuse(error, undefined));
      }
      if (ratesOf(next) !== ratesOf(before)) this.#openLine(room, caller);
      if (next.audio.input.turn_detection === null) room.tellLine(caller, { do: 'forget' });
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
      case 'response.cancel':
        this.#replies.cancel();
        break;
      case 'response.create':
        this.#replies.create(event.response ?? {});
        break;
      case 'conversation.item.create':
        this.#items.create(event);
        break;
      case 'conversation.item.retrieve': {
        const { item } = this.#conversation.get(event.item_id);
        this.#send({ type: 'conversation.item.retrieved', item });
        break;
      }
      case 'conversation.item.delete':
        this.#items.delete(event.item_id);
        break;
      case 'conversation.item.truncate':
        this.#replies.truncate(this.#conversation.get(event.item_id), event.audio_end_ms, event.event_id);
        break;
    }
  }

  /** What fails here must not fail others. */
  #hearLine(news: LineNews): void {
    try {
      this.#take(news);
    } catch (error) {
      this.#refuse(error, undefined);
    }
  }

  #take(news: LineNews): void {
    switch (news.kind) {
      case 'voice':
        this.#replies.voice(news.samples);
        break;
      case 'turn-opened':
        this.#items.flush();
        this.#input.opened(news.turn, news.atMs);
        break;
      case 'turn-taken':
        this.#input.taken(news.turn, news.atMs);
        break;
      case 'turn-dropped':
        this.#input.dropped(news.turn, news.atMs);
        this.#replies.turnDropped();
        break;
      case 'reply-began':
        this.#failure = undefined;
        this.#replies.began(news.turn, news.reply);
        break;
      case 'tools-called':
        this.#replies.toolsCalled(news.announced);
        break;
      case 'reply-over':
        this.#replies.over(news.reply, news.status, this.#failure);
        break;
      case 'recognised':
      case 'unrecognised':
        this.#input.recognised(news);
        break;
      case 'shortened':
        this.#replies.shortened(news.text);
        break;
    }
  }

  #hearAgent(event: Exclude<AgentEvent, { type: 'ended' }>): void {
    const { caller } = this.#place ?? {};
    switch (event.type) {
      case 'transcript':
        if (event.callerId === caller?.id) this.#input.words(event.turn, event.text, event.final);
        break;
      case 'reply-text':
        this.#replies.heard(event.reply, event.text);
        break;
      case 'client-tool-call':
        if (event.callerId === caller?.id) this.#replies.call(event.call, event.name, event.args);
        break;
      case 'error':
        this.#failure = event.message;
        this.#send({ type: 'error', error: { type: 'server_error', code: event.code, message: event.message } });
        break;
    }
  }

  #in(act: (place: { readonly room: Room; readonly caller: Caller }) => void): void {
    if (this.#place) act(this.#place);
  }

  #refuse(error: unknown, eventId: string | undefined): void {
    if (!(error instanceof RealtimeError)) this.#options.log.error({ err: error }, 'a realtime event failed');
    this.#send(errorEvent(error, eventId));
  }

  #send(body: EventBody): void {
    if (!this.#gone) this.#options.wire.send(JSON.stringify({ event_id: freshId('event'), ...body }));
  }
}

const ratesOf = ({ audio }: SessionConfig): string => `${rateOf(audio.input.format)} ${rateOf(audio.output.format)}`;
