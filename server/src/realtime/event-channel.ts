/** Why a channel is closed by us. */
export type ChannelEnd = 'over' | 'shutdown' | 'flooded' | 'refused';

/** Who gets events. */
export interface EventSink {
  send(text: string): void;
}

/** What carries a client's events, as far as a session needs it: a WebSocket, or a data channel. */
export interface EventChannel extends EventSink {
  /** Nothing more is read before `resume`, where that can be had. */
  pause(): void;
  resume(): void;
  /** Paused or not; what comes after it is not for the session. */
  close(end: ChannelEnd, reason: string): void;
}

/** What is done with a channel's other end. */
export interface EventReader {
  receive(data: string): void;
  /** It is gone. May be called again. */
  end(): void;
}
