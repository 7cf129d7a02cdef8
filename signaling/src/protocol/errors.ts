import * as z from 'zod/mini';

/** Reasons a request is refused. Branch on these; messages are for people. */
export const ERROR_CODES = [
  'bad-message',
  'unknown-request',
  'protocol-version',
  /** The token is missing, expired or not this server's: get another one. */
  'unauthorized',
  /** The token does not allow this, or is for another room. */
  'forbidden',
  'not-joined',
  'already-joined',
  'room-full',
  /** The server is about to end and takes no new calls. */
  'shutting-down',
  /** This way back into a call is used up, or the call is over: join anew. */
  'not-resumable',
  'not-found',
  'wrong-state',
  'unsupported',
  'too-many-requests',
  'unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export const wireError = z.object({ code: z.enum(ERROR_CODES), message: z.string() });
export type WireError = z.infer<typeof wireError>;

/** What every request is answered with. */
export type Ack<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: WireError };
