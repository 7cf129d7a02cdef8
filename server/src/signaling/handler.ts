import type { IceServer, RequestName, RequestOf, ResponseOf } from '@parley/signaling/protocol';
import type { Caller, Entry, NumberedNews, Registry, Room } from '../rooms/index.ts';

/** Where a caller is. */
export interface Place {
  readonly room: Room;
  readonly caller: Caller;
}

/** What a handler may know of the connection that a request came by. */
export interface Visit {
  readonly rooms: Registry;
  /** Refuses with `not-joined` where the caller is nowhere. */
  readonly place: Place;
  readonly joined: boolean;
  /** Finds a place where this message and its token allow one; `enter` takes it. */
  join(message: RequestOf<'join'>): Promise<Entry>;
  /**
   * Takes the place; notices of its room follow the answer, those of what was missed first. Refuses where the connection
   * has gone meanwhile.
   */
  enter(place: Place, back?: { readonly missed: readonly NumberedNews[] }): void;
  /** May be called again. */
  leave(): void;
  /** Addresses under which this caller can reach our media. */
  addresses(): Promise<readonly string[]>;
  /** TURN servers for this caller; undefined where there are none. */
  readonly iceServers: IceServer[] | undefined;
}

/** One request: the parsed message in, what a successful ack carries out. Throws a Refusal or RequestRefused. */
export type Handler<N extends RequestName> = (
  message: RequestOf<N>,
  visit: Visit,
) => ResponseOf<N> | Promise<ResponseOf<N>>;
