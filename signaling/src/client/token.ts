import { type Clock, sleep } from './clock.ts';
import { SignalingError } from './errors.ts';

/**
 * A join token of the server's HTTP API, or how to get one. Tokens expire soon: a function is asked anew for each
 * connection, and is told the room that is to be entered, where that is known. What it throws counts as passing trouble
 * and is tried again, unless it is a SignalingError that is not `retryable`.
 */
export type TokenSource = string | ((wanted: { readonly room?: string | undefined }) => Promise<string>);

export interface AskTokenOptions {
  readonly room: string | undefined;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Throws a SignalingError; `closed` where the signal is aborted. */
export async function askToken(source: TokenSource | undefined, options: AskTokenOptions): Promise<string | undefined> {
  if (typeof source !== 'function') return source;
  const { room, timeoutMs, clock, signal } = options;
  const done = new AbortController();
  const tooLate = sleep(clock, timeoutMs, AbortSignal.any([done.signal, signal])).then(() => {
    throw SignalingError.timeout('the token', timeoutMs);
  });
  try {
    return await Promise.race([source({ room }), tooLate]);
  } catch (error) {
    if (signal.aborted) throw SignalingError.closed();
    throw error instanceof SignalingError ? error : SignalingError.noToken(error);
  } finally {
    done.abort();
  }
}
