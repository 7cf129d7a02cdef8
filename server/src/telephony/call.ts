import type { Clock, Logger } from '../observe/index.ts';
import {
  type AgentWishes,
  type Caller,
  decodeG711,
  encodeG711,
  G711_RATE,
  type LineNews,
  Refusal,
  type Registry,
  type Room,
  type RoomEnd,
} from '../rooms/index.ts';
import { KeyPresses } from './key-presses.ts';
import { BadMessage, readMessage, type ToTwilio, type TwilioMessage, type TwilioStart } from './messages.ts';
import { Playback } from './playback.ts';
import { detailsOf } from './start-details.ts';

/** The stream's WebSocket, as far as a call needs it. */
export interface Wire {
  send(text: string): void;
  /** Nothing more is read before `resume`. */
  pause(): void;
  resume(): void;
  close(code: number, reason: string): void;
}

export interface TelephoneCallOptions {
  readonly wire: Wire;
  readonly rooms: Registry;
  /** Of the agents that answer; absent: as the server is set. */
  readonly wishes: AgentWishes;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Talk {
  readonly streamSid: string;
  readonly room: Room;
  readonly caller: Caller;
  /** The room was made for this call. */
  readonly isOwn: boolean;
  /** The reply that is being said, and how much of it was sent, in ms. */
  reply?: { readonly number: number; sentMs: number };
}

type State =
  | { readonly kind: 'new' }
  /** The room is being opened; what comes meanwhile waits. */
  | { readonly kind: 'opening'; readonly early: TwilioMessage[] }
  | { readonly kind: 'talking'; readonly talk: Talk }
  | { readonly kind: 'over' };

/** A stream that does not start within this time is ended, in ms. */
const START_PATIENCE_MS = 10_000;
/** Messages that wait while the room is opened, 5 s of voice; the oldest go. */
const MOST_EARLY = 250;
const FIRST_CALLER_MS = 10_000;
/** How long what was said last may take to be played when the agent ends a call, in ms. */
const LAST_WORDS_MS = 5000;

/** One telephone call: its stream, and its place in a room. */
export class TelephoneCall {
  readonly #options: TelephoneCallOptions;
  readonly #playback: Playback;
  readonly #keys: KeyPresses;
  readonly #stops: (() => void)[] = [];
  #state: State = { kind: 'new' };

  constructor(options: TelephoneCallOptions) {
    const { clock } = options;
    this.#options = options;
    this.#playback = new Playback({
      clock,
      sendMark: (name) => this.#send({ event: 'mark', mark: { name } }),
      onDelay: (ms) => this.#tellDelay(ms),
    });
    this.#keys = new KeyPresses(clock, (keys) => this.#tellKeys(keys));
    this.#stops.push(
      clock.after(START_PATIENCE_MS, () => {
        if (this.#state.kind === 'new') this.#close(1008, 'no stream has started');
      }),
    );
  }

  receive(text: string): void {
    try {
      const message = readMessage(text);
      if (message) this.#take(message);
    } catch (error) {
      const known = error instanceof BadMessage;
      this.#options.log.warn({ err: error }, 'a message of a telephone call could not be taken');
      this.#close(known ? 1007 : 1011, known ? error.message : 'something went wrong in the server');
    }
  }

  /** The connection is gone. May be called again. */
  end(): void {
    const state = this.#state;
    this.#state = { kind: 'over' };
    this.#keys.close();
    for (const stop of this.#stops.splice(0)) stop();
    this.#playback.cleared();
    if (state.kind === 'talking') leave(state.talk);
  }

  #take(message: TwilioMessage): void {
    const state = this.#state;
    if (message.event === 'stop') {
      this.end();
      this.#close(1000, 'the call is over');
    } else if (message.event === 'start') {
      if (state.kind !== 'new') throw new BadMessage('a stream starts once');
      this.#state = { kind: 'opening', early: [] };
      this.#options.wire.pause();
      void this.#enter(message).catch((error) => this.#turnAway(error));
    } else if (state.kind === 'opening') {
      if (state.early.push(message) > MOST_EARLY) state.early.shift();
    } else if (state.kind === 'talking') {
      this.#serve(message, state.talk);
    }
  }

  #serve(message: Exclude<TwilioMessage, { event: 'start' | 'stop' }>, { room, caller }: Talk): void {
    switch (message.event) {
      case 'media': {
        const { track, payload } = message.media;
        if (track !== 'inbound') break;
        room.tellLine(caller, { do: 'hear', samples: decodeG711(Buffer.from(payload, 'base64'), 'ulaw') });
        break;
      }
      case 'mark':
        this.#playback.played(message.mark.name);
        break;
      case 'dtmf':
        this.#keys.press(message.dtmf.digit);
        break;
      case 'connected':
        break;
    }
  }

  async #enter({ streamSid, start }: TwilioStart): Promise<void> {
    const { rooms, wishes, log, wire } = this.#options;
    const { room: name, displayName, identity, metadata } = detailsOf(start);
    if (name !== undefined && !rooms.find(name)) throw new Refusal('not-found', `there is no room called ${name}`);
    const isOwn = name === undefined;
    const plan = { agent: wishes, firstCallerMs: FIRST_CALLER_MS, webhooks: [], metadata };
    const made = isOwn ? await rooms.create(plan) : undefined;
    const { room, caller } = await rooms.join({ room: made?.name ?? name ?? '', displayName, identity });
    const talk: Talk = { streamSid, room, caller, isOwn };
    const state = this.#state;
    // Who telephones may have hung up meanwhile.
    if (state.kind !== 'opening') return leave(talk);
    this.#state = { kind: 'talking', talk };
    this.#stops.push(room.events.on('closed', (reason) => void this.#finish(reason)));
    log.info({ room: room.name, call: start.callSid }, 'a telephone call was taken');
    const rates = { rate: G711_RATE, voiceRate: G711_RATE };
    room.openLine(caller, { ...rates, survives: true, onNews: (news) => this.#hearLine(news, talk) });
    for (const message of state.early) this.#take(message);
    wire.resume();
  }

  #turnAway(error: unknown): void {
    const known = error instanceof Refusal;
    this.#options.log[known ? 'warn' : 'error']({ err: error }, 'a telephone call could not be taken');
    this.#close(1013, known ? error.message.slice(0, 100) : 'no place');
  }

  #hearLine(news: LineNews, talk: Talk): void {
    if (this.#state.kind !== 'talking') return;
    switch (news.kind) {
      case 'voice': {
        const payload = Buffer.from(encodeG711(news.samples, 'ulaw')).toString('base64');
        this.#send({ event: 'media', media: { payload } });
        if (talk.reply) talk.reply.sentMs += (news.samples.length * 1000) / G711_RATE;
        this.#playback.sent();
        break;
      }
      case 'reply-began':
        talk.reply = { number: news.reply, sentMs: 0 };
        break;
      case 'reply-over':
        if (news.status === 'cut') this.#cut(news.reply, talk);
        else this.#playback.paused();
        break;
    }
  }

  /** Somebody has taken the floor: what Twilio has not played is not to be heard. Of a line that stalled less was. */
  #cut(number: number, { reply, room, caller }: Talk): void {
    const { stalledMs, isPlaying } = this.#playback;
    if (!isPlaying) return;
    this.#send({ event: 'clear' });
    this.#playback.cleared();
    if (reply?.number !== number || stalledMs === undefined) return;
    room.tellLine(caller, { do: 'shorten', reply: number, heardMs: Math.max(0, reply.sentMs - stalledMs) });
  }

  /** The agent has ended the call, or the room is gone. */
  async #finish(reason: RoomEnd): Promise<void> {
    const patience = Promise.withResolvers<void>();
    this.#stops.push(this.#options.clock.after(LAST_WORDS_MS, patience.resolve));
    if (reason !== 'shutdown') await Promise.race([this.#playback.end(), patience.promise]);
    this.#close(reason === 'shutdown' ? 1001 : 1000, `the call is over: ${reason}`);
  }

  #tellDelay(ms: number): void {
    if (this.#state.kind !== 'talking') return;
    const { room, caller } = this.#state.talk;
    room.playout(caller, ms);
  }

  #tellKeys(keys: string): void {
    if (this.#state.kind !== 'talking') return;
    const { room, caller } = this.#state.talk;
    room.text(caller, `(The caller pressed ${[...keys].join(' ')}.)`);
  }

  #close(code: number, reason: string): void {
    const { wire } = this.#options;
    // Its answer to that is to be read.
    wire.resume();
    wire.close(code, reason);
  }

  #send(message: ToTwilio): void {
    if (this.#state.kind !== 'talking') return;
    const { streamSid } = this.#state.talk;
    this.#options.wire.send(JSON.stringify({ ...message, streamSid }));
  }
}

function leave({ room, caller, isOwn }: Talk): void {
  room.leave(caller);
  if (isOwn && room.callers.length === 0) void room.close('room-closed');
}
