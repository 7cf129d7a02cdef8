import type { NoticeName, NoticeOf, RequestName, ResponseOf } from '../protocol/index.ts';

// The server checks every message by the protocol's schemas. A page has one server, of its own version of the protocol,
// and carries no schemas: it looks whether what it will read is there.

type Kind = 'string' | 'number' | 'boolean' | 'object';
type KindOf<V> = [V] extends [string]
  ? 'string'
  : [V] extends [number]
    ? 'number'
    : [V] extends [boolean]
      ? 'boolean'
      : 'object';
// biome-ignore lint/complexity/noBannedTypes: `{}` is what tells an optional key
type RequiredKeys<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? never : K }[keyof T];
/** The compiler refuses one that has fallen behind its schema. */
type Shape<T> = { readonly [K in RequiredKeys<T>]: KindOf<T[K]> };

const s = 'string';
const n = 'number';
const b = 'boolean';
const o = 'object';

const peer = { peerId: s, muted: b, away: b } as const;
const entered = {
  room: s,
  conversation: s,
  callerId: s,
  routerRtpCapabilities: o,
  engines: o,
  answers: s,
  resume: o,
  seq: n,
} as const;

export const NOTICE_SHAPES: { readonly [N in NoticeName]: Shape<NoticeOf<N>> } = {
  'agent-state': { state: s },
  transcript: { turn: n, callerId: s, text: s, final: b },
  'reply-text': { turn: n, reply: n, text: s, final: b, interrupted: b },
  'turn-metrics': { turn: n, figures: o },
  tool: { turn: n, call: s, name: s, origin: s, status: s },
  'tool-call': { call: s, name: s, args: s },
  'tool-cancelled': { call: s },
  'producer-added': { producerId: s, peerId: s },
  'producer-removed': { producerId: s },
  'peer-joined': peer,
  'peer-changed': peer,
  'peer-left': { peerId: s },
  problem: { code: s, message: s, retryable: b },
  'call-ended': { reason: s, message: s, rejoin: b },
};

export const ANSWER_SHAPES: { readonly [N in RequestName]: Shape<ResponseOf<N>> } = {
  join: { ...entered, producers: o, peers: o, agentState: s, captions: o },
  resume: { ...entered, muted: b },
  'create-transport': { transportId: s, iceParameters: o, iceCandidates: o, dtlsParameters: o },
  'connect-transport': {},
  'restart-ice': { iceParameters: o },
  produce: { producerId: s },
  consume: { consumerId: s, producerId: s, kind: s, rtpParameters: o },
  'resume-consumer': {},
  playing: {},
  playout: {},
  mute: {},
  text: {},
  interrupt: {},
  ask: {},
  'speak-as': {},
  'offer-tools': {},
  'tool-result': {},
  leave: {},
};

/** The error where something in `value` is missing, or of another kind. */
export function misfit(value: unknown, shape: Readonly<Record<string, Kind>>): TypeError | undefined {
  if (!value || typeof value !== 'object') return new TypeError('not an object');
  for (const [key, kind] of Object.entries(shape)) {
    const found = (value as Record<string, unknown>)[key];
    if (typeof found !== kind || found === null) return new TypeError(`${key} is no ${kind}`);
  }
  return undefined;
}
