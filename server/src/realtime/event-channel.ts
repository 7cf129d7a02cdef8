/** Why a channel is closed by us. */
export type ChannelEnd = 'over' | 'shutdown' | 'flooded' | 'refused';

/** What carries a client's events, as far as a session needs it: a WebSocket, or a data channel. */
export interface EventChannel {
  send(text: string): void;
  /** Nothing more is read before `resume`, where that can be had. */
  pause(): void;
  resume(): void;
  /** Paused or not; what comes after it is not for the session. */
  close(end: ChannelEnd, reason: string): void;
}
