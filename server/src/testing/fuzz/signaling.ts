import { type RequestName, requests, wireError } from '@parley/signaling/protocol';
import fc from 'fast-check';
import * as z from 'zod';
import { browserEar, browserVoice, dtlsClient } from '../parameters.ts';
import { FuzzCaller, type Outcome, STATES, type State } from './callers.ts';
import { indecency } from './decent.ts';
import type { Known } from './fitting.ts';
import type { FuzzHouse } from './house.ts';
import { ODD_KEYS, ODD_STRINGS } from './oddities.ts';
import type { JsonSchema } from './schema.ts';
import { spoilt } from './spoilt.ts';
import type { Fate } from './tally.ts';

/** What a caller says. Strings that begin with @ stand for ids, which are known only then. */
export interface Saying {
  readonly state: State;
  readonly event: string;
  readonly args: readonly unknown[];
  /** Wants no ack. */
  readonly mute?: boolean;
}

const NAMES = Object.keys(requests) as RequestName[];
/** A little less than the server takes: a packet has a head. */
const LONGEST_MESSAGE = 65_000;
/** Socket.IO's own: its client sends none. */
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];
const KNOWN: Known = {
  transportId: ['@send', '@recv', '@other.send', '@peer.recv', '@consumer', 'none'],
  producerId: ['@agent', '@peer.producer', '@producer', '@other.agent', '@other.producer'],
  consumerId: ['@consumer', '@peer.consumer', '@other.consumer', '@agent'],
  token: ['@token', '@other.token'],
  secret: ['@room', 'x'.repeat(43)],
  room: ['@room', 'lobby'],
};
const voice = { transportId: '@send', kind: 'audio', rtpParameters: browserVoice(7) };
const ear = { transportId: '@recv', producerId: '@agent', rtpCapabilities: browserEar };
const [opus] = browserVoice(7).codecs;
/** With all that a browser may name. */
const VOICES = [
  browserVoice(7),
  {
    ...browserVoice(8),
    codecs: [
      opus,
      { mimeType: 'audio/rtx', payloadType: 112, clockRate: 48_000, parameters: { apt: 111 }, rtcpFeedback: [] },
    ],
    encodings: [
      {
        ssrc: 8,
        rtx: { ssrc: 9 },
        rid: 'a',
        dtx: true,
        scalabilityMode: 'L1T1',
        maxBitrate: 1e5,
        codecPayloadType: 111,
      },
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: 1, encrypt: false, parameters: {} }],
    rtcp: { cname: 'x', reducedSize: true, mux: true },
    msid: 'a b',
  },
];
const EARS = [
  browserEar,
  {
    codecs: [
      ...(browserEar.codecs ?? []),
      {
        kind: 'video',
        mimeType: 'video/VP8',
        preferredPayloadType: 96,
        clockRate: 90_000,
        parameters: { a: 1 },
        rtcpFeedback: [],
      },
    ],
    headerExtensions: [
      {
        kind: 'audio',
        uri: 'urn:ietf:params:rtp-hdrext:sdes:mid',
        preferredId: 1,
        preferredEncrypt: false,
        direction: 'sendrecv',
      },
    ],
  },
];
const tool = {
  name: 'open',
  description: 'Opens it.',
  parameters: { type: 'object', properties: { a: { type: 'string' } } },
};
const EXAMPLES: { readonly [N in RequestName]?: readonly unknown[] } = {
  'connect-transport': [{ transportId: '@recv', dtlsParameters: dtlsClient }],
  produce: [voice, { ...voice, transportId: '@peer.send' }],
  consume: [ear],
  'offer-tools': [{ tools: [tool] }],
};

const spoiltRequest = (name: RequestName): fc.Arbitrary<unknown> => {
  const schema = z.toJSONSchema(requests[name].request, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return spoilt(schema, { known: KNOWN, examples: EXAMPLES[name] ?? [] });
};

const seldom = <T>(rare: fc.Arbitrary<T>, usual: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 19, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: rare });
const state = fc.constantFrom<State>('joined', ...STATES);
const anyRequest = fc.oneof(
  ...NAMES.map((name) => spoiltRequest(name).map((message) => ({ event: name as string, message }))),
);

/** Requests whose messages do not fit, in each state of a call. */
export const sayings: fc.Arbitrary<Saying> = fc
  .record({
    state,
    request: anyRequest,
    more: seldom(fc.integer({ min: 1, max: 2 }), 0),
    mute: seldom(fc.constant(true), false),
  })
  .map(({ state, request: { event, message }, more, mute }) => {
    return { state, event, args: [message, ...Array<unknown>(more).fill(message)], mute };
  });

/** WebRTC parameters that pass the schema, or nearly, so that mediasoup has to refuse them. */
export const mediaSayings: fc.Arbitrary<Saying> = fc
  .oneof(
    spoilt({}, { examples: VOICES }).map((rtpParameters) => ({
      event: 'produce',
      message: { ...voice, rtpParameters },
    })),
    spoilt({}, { examples: EARS }).map((rtpCapabilities) => ({
      event: 'consume',
      message: { ...ear, rtpCapabilities },
    })),
    spoilt({}, { examples: [dtlsClient, { ...dtlsClient, role: 'auto' }] }).map((dtlsParameters) => ({
      event: 'connect-transport',
      message: { transportId: '@recv', dtlsParameters },
    })),
  )
  .map(({ event, message }) => ({ state: 'silent', event, args: [message] }));

/** Names that are no requests; and requests with bytes where something else belongs. */
export const strangeSayings: fc.Arbitrary<Saying> = fc.oneof(
  fc.record({
    state,
    event: fc
      .oneof(fc.constantFrom(...ODD_KEYS, ...ODD_STRINGS, 'error', 'Join', 'join ', 'call-ended'), fc.string())
      .filter((name) => !RESERVED.includes(name)),
    args: fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 3 }),
  }),
  fc
    .record({
      state,
      request: anyRequest,
      bytes: fc.uint8Array({ maxLength: 40 }),
      key: fc.nat(),
      inside: fc.boolean(),
    })
    .map(({ state, request: { event, message }, bytes, key, inside }) => {
      const keys = typeof message === 'object' && message !== null ? Object.keys(message) : [];
      const at = keys[key % Math.max(keys.length, 1)];
      const value =
        inside && at !== undefined && !Array.isArray(message) ? { ...(message as object), [at]: bytes } : bytes;
      return { state, event, args: [value] };
    }),
);

/** Callers in each state, renewed when what they said has changed it. */
export class Stage {
  readonly #house: FuzzHouse;
  readonly #callers = new Map<string, FuzzCaller>();
  #rooms = 0;
  #ssrc = 1000;

  constructor(house: FuzzHouse) {
    this.#house = house;
  }

  /** Says it; throws where what comes of it is not as it must be. */
  async say({ state, event, args, mute = false }: Saying): Promise<Fate> {
    const caller = await this.#caller(state);
    const sent = args.map((each) => this.#withIds(each, caller));
    if (mute) return this.#mutter(state, event, sent);
    const outcome = await caller.send(event, sent);
    const fault = this.#judge(outcome, { state, event, args: sent }) ?? this.#house.end;
    if (fault) throw new Error(`${state}: ${event} ${fault}`);
    if (outcome.kind !== 'ack') this.#callers.delete(state);
    if (outcome.kind === 'ended') return 'ended';
    if (outcome.kind !== 'ack' || !outcome.ack.ok) return 'refused';
    await this.#afterwards(state, event, outcome.ack.data);
    return 'taken';
  }

  /** Says it without wanting an ack: the next request is answered all the same. */
  async #mutter(state: State, event: string, args: readonly unknown[]): Promise<Fate> {
    const caller = await this.#caller(state);
    caller.socket.emit(event, ...args);
    const next = await caller.send('nothing', []);
    caller.close();
    this.#callers.delete(state);
    if (next.kind === 'ended' && isTooLong(event, args)) return 'ended';
    const isAnswered = next.kind === 'ack' && !next.ack.ok && next.ack.error.code === 'unknown-request';
    if (!isAnswered) throw new Error(`${state}: ${event} without an ack, and then: ${JSON.stringify(next)}`);
    return 'unanswered';
  }

  close(): void {
    for (const caller of this.#callers.values()) caller.close();
    this.#callers.clear();
  }

  async #caller(state: State): Promise<FuzzCaller> {
    const known = this.#callers.get(state);
    if (known?.socket.connected) return known;
    const room = `fuzz-${++this.#rooms}`;
    const caller = await FuzzCaller.in(state, this.#house, room);
    caller.ids.room = room;
    if (state === 'silent') await caller.renew('send');
    if (state === 'joined') {
      await caller.speak(this.#ssrc++);
      await this.#renew('peer', room);
      if (!this.#callers.get('other')?.socket.connected) await this.#renew('other', 'elsewhere');
    }
    this.#callers.get(state)?.close();
    this.#callers.set(state, caller);
    return caller;
  }

  async #renew(who: 'peer' | 'other', room: string): Promise<void> {
    this.#callers.get(who)?.close();
    const caller = await FuzzCaller.in('joined', this.#house, room);
    await caller.speak(this.#ssrc++);
    this.#callers.set(who, caller);
  }

  #withIds(value: unknown, caller: FuzzCaller): unknown {
    if (typeof value === 'string' && value.startsWith('@')) {
      const [who, name] = value.slice(1).split('.') as [string, string?];
      const ids = name === undefined ? caller.ids : this.#callers.get(who)?.ids;
      return ids?.[name ?? who] ?? value;
    }
    if (Array.isArray(value)) return value.map((each) => this.#withIds(each, caller));
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const copy = {};
    for (const [key, each] of Object.entries(value)) {
      const next = this.#withIds(each, caller);
      Object.defineProperty(copy, key, { value: next, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  }

  /** Undefined where all is as it must be. */
  #judge(outcome: Outcome, { event, args }: Saying): string | undefined {
    if (outcome.kind === 'silence') return 'was not answered';
    if (outcome.kind === 'ended') {
      return isTooLong(event, args) ? undefined : `ended the connection: ${outcome.reason}`;
    }
    const { ack } = outcome;
    if (ack.ok) return fits(event, args) === false ? 'was granted and does not fit' : undefined;
    const error = wireError.safeParse(ack.error);
    if (!error.success) return `was refused as ${outcome.text}`;
    const { code } = error.data;
    if (code === 'internal') return 'failed inside';
    const expected = !Object.hasOwn(requests, event)
      ? 'unknown-request'
      : fits(event, args) === false
        ? 'bad-message'
        : code;
    if (code !== expected) return `was refused as ${outcome.text}, not as ${expected}`;
    return indecency(outcome.text, JSON.stringify([event, ...args]), this.#house.secrets);
  }

  async #afterwards(state: State, event: string, data: unknown): Promise<void> {
    const caller = this.#callers.get(state);
    if (event === 'join' || event === 'resume' || (event === 'leave' && state !== 'new' && state !== 'left')) {
      caller?.close();
      this.#callers.delete(state);
    } else if (state === 'silent') {
      await caller?.renew('send');
      await caller?.renew('recv');
    } else if (event === 'create-transport') {
      // A new transport has taken the place of the other one; which of the two is of no account here.
      const { transportId } = data as { transportId: string };
      if (caller) caller.ids.send = transportId;
    }
  }
}

const isTooLong = (event: string, args: readonly unknown[]): boolean =>
  Buffer.byteLength(JSON.stringify([event, ...args])) > LONGEST_MESSAGE;

/** Whether the message is as its schema says, as it arrives; undefined where bytes are in it. */
function fits(event: string, args: readonly unknown[]): boolean | undefined {
  if (!Object.hasOwn(requests, event)) return false;
  if (args.length > 1) return false;
  const text = JSON.stringify(args, (_, each) => (ArrayBuffer.isView(each) ? '@bytes' : each));
  if (text.includes('@bytes')) return undefined;
  const [message = {}] = JSON.parse(text) as unknown[];
  try {
    return requests[event as RequestName].request.safeParse(message).success;
  } catch {
    // The schema compares the length of a list, and an object may have one of its own.
    return false;
  }
}
