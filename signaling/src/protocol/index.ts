// The protocol between client and server: the single source of truth for both. Imports zod only.
import type { Ack } from './errors.ts';
import type { NoticeName, NoticeOf } from './notices.ts';
import type { RequestName, RequestOf, ResponseOf } from './requests.ts';

export * from './constants.ts';
export * from './errors.ts';
export * from './media.ts';
export * from './notices.ts';
export * from './requests.ts';
export * from './state.ts';
export * from './tools.ts';

/** Socket.IO event maps, derived from the schemas. */
export type ClientToServerEvents = {
  [N in RequestName]: (message: RequestOf<N>, ack: (answer: Ack<ResponseOf<N>>) => void) => void;
};
/** `seq` numbers what happens in a room; absent where a notice answers to nothing that could be missed. */
export type ServerToClientEvents = { [N in NoticeName]: (notice: NoticeOf<N>, seq?: number) => void };
