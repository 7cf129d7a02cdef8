import type { ResponseOf } from '@parley/signaling/protocol';
import type { Entry } from '../rooms/index.ts';
import type { Place, Visit } from './handler.ts';
import { peerOf } from './notices.ts';

type Joined = ResponseOf<'join'>;
type Snapshot = NonNullable<ResponseOf<'resume'>['snapshot']>;

/** What a caller who has entered must know. */
export const entered = ({ room, caller, secret }: Entry, visit: Visit): Omit<Joined, keyof Snapshot> => ({
  room: room.name,
  conversation: room.id,
  callerId: caller.id,
  routerRtpCapabilities: room.rtpCapabilities,
  engines: [...room.engines],
  answers: room.answers,
  recording: room.recorded,
  resume: { secret, windowMs: visit.rooms.limits.resumeMs },
  seq: room.news.seq,
});

/** How the room stands, as this caller sees it. */
export const snapshot = ({ room, caller }: Place): Snapshot => ({
  producers: room.producers.filter(({ peerId }) => peerId !== caller.id),
  peers: room.callers.filter(({ id }) => id !== caller.id).map(({ card }) => peerOf(card)),
  agentState: room.agentState,
  captions: room.news.captions.map(({ type: kind, ...line }) => ({ kind, ...line })) as Snapshot['captions'],
});
