// What callers say that they should not, made from the schemas of signaling.
import { type RequestName, requests } from '@parley/signaling/protocol';
import fc from 'fast-check';
import * as z from 'zod';
import { browserEar, browserVoice, dtlsClient } from '../parameters.ts';
import { STATES, type State } from './callers.ts';
import type { Known } from './fitting.ts';
import { ODD_KEYS, ODD_STRINGS } from './oddities.ts';
import type { JsonSchema } from './schema.ts';
import { spoilt } from './spoilt.ts';

/** What a caller says. Strings that begin with @ stand for ids, which are known only then. */
export interface Saying {
  readonly state: State;
  readonly event: string;
  readonly args: readonly unknown[];
  /** Wants no ack. */
  readonly mute?: boolean;
}

const NAMES = Object.keys(requests) as RequestName[];
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
