import type { AgentEvent } from './agent-port.ts';
import type { Caller } from './caller.ts';
import type { NumberedNews, RoomProducer } from './news.ts';

/** Why a room is over. `idle`, `time-limit`: the agent has said good-bye. */
export type RoomEnd = 'room-closed' | 'media-worker-died' | 'agent-failed' | 'shutdown' | 'idle' | 'time-limit';

export interface RoomEvents {
  readonly agent: Exclude<AgentEvent, { type: 'ended' }>;
  readonly 'caller-joined': Caller;
  /** Muted or not, away or back. */
  readonly 'caller-changed': Caller;
  readonly 'caller-left': Caller;
  readonly 'producer-added': RoomProducer;
  readonly 'producer-removed': RoomProducer;
  /** This caller's media does not come through. */
  readonly unreachable: Caller;
  /** Each of the above once more, numbered, as callers are told. */
  readonly news: NumberedNews;
  /** Comes once, before anything is taken down. */
  readonly closed: RoomEnd;
}
