import * as z from 'zod/mini';

/**
 * Reasons a request is refused. Branch on these; messages are for people.
 * - `bad-message`, `unknown-request`: it does not fit the protocol
 * - `protocol-version`: client and server speak different versions; load the page again
 * - `unauthorized`: the token is missing, expired or not this server's: get another one
 * - `forbidden`: the token does not allow this, or is for another room
 * - `not-joined`, `already-joined`: out of turn
 * - `room-full`: as many callers as the room takes
 * - `shutting-down`: the server is about to end and takes no new calls
 * - `not-resumable`: this way back into a call is used up, or the call is over: join anew
 * - `not-found`, `wrong-state`, `unsupported`: what was asked for is not there, cannot be now, or cannot be at all
 * - `too-many-requests`: wait a moment
 * - `unavailable`: the server lacks something for now, such as a media worker
 * - `internal`: the server's fault; its log says more
 */
export const ERROR_CODES = [
  'bad-message',
  'unknown-request',
  'protocol-version',
  'unauthorized',
  'forbidden',
  'not-joined',
  'already-joined',
  'room-full',
  'shutting-down',
  'not-resumable',
  'not-found',
  'wrong-state',
  'unsupported',
  'too-many-requests',
  'unavailable',
  'internal',
] as const;
/** See ERROR_CODES. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A refusal, as it is sent. */
export const wireError = z.object({ code: z.enum(ERROR_CODES), message: z.string() });
export type WireError = z.infer<typeof wireError>;

/** What every request is answered with. */
export type Ack<T> = { readonly ok: true; readonly data: T } | { readonly ok: false; readonly error: WireError };
