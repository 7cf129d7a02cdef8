import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { abortable, type Clock } from '../kernel/index.ts';
import { sizeOf } from './places.ts';

export type DownloadFailure = 'unreachable' | 'refused' | 'broken' | 'stalled' | 'wrong-size';

/** One attempt at one address came to nothing. What had arrived stays in the part file, unless it is of no use. */
export class DownloadError extends Error {
  readonly reason: DownloadFailure;

  constructor(reason: DownloadFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DownloadError';
    this.reason = reason;
  }
}

export interface DownloadOptions {
  readonly url: string;
  /** The file to continue, or to begin. */
  readonly part: string;
  /** Bytes of the whole. */
  readonly bytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** ms until the server must have answered. */
  readonly connectMs: number;
  /** ms without a byte after which it is given up. */
  readonly stallMs: number;
  /** Bytes that are there. */
  readonly onBytes: (bytes: number) => void;
}

/** Fetches what is missing of a file. Throws DownloadError, or the signal's reason when aborted. */
export async function download(options: DownloadOptions): Promise<void> {
  const { url, part, bytes, clock, signal, connectMs, stallMs, onBytes } = options;
  let have = sizeOf(part);
  if (have > bytes) await rm(part);
  if (have === bytes) return;
  if (have > bytes) have = 0;

  const attempt = new AbortController();
  const giveUp = (reason: DownloadFailure, ms: number, what: string): (() => void) =>
    clock.after(ms, () => attempt.abort(new DownloadError(reason, `${what} in ${ms / 1000} s`)));
  let cancel = giveUp('unreachable', connectMs, 'no answer');
  const onAbort = (): void => attempt.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    const headers = have > 0 ? { range: `bytes=${have}-` } : undefined;
    const answer = await fetch(url, { signal: attempt.signal, headers });
    const continues = answer.status === 206 && startOf(answer) === have;
    if (!answer.body || !(continues || answer.status === 200)) {
      await answer.body?.cancel();
      if (have > 0 && (answer.status === 206 || answer.status === 416)) await rm(part, { force: true });
      throw new DownloadError('refused', `status ${answer.status}`);
    }
    if (!continues) have = 0;
    await using file = await open(part, continues ? 'a' : 'w');
    for await (const chunk of abortable(answer.body, attempt.signal)) {
      cancel();
      have += chunk.length;
      if (have > bytes) throw new DownloadError('wrong-size', `more than ${bytes} bytes`);
      await file.writeFile(chunk);
      onBytes(have);
      cancel = giveUp('stalled', stallMs, 'nothing more came');
    }
  } catch (cause) {
    signal.throwIfAborted();
    const failure = failureOf(cause, attempt.signal);
    if (failure.reason === 'wrong-size') await rm(part, { force: true });
    throw failure;
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
    // Whatever is still on its way is not wanted.
    attempt.abort();
  }
  if (sizeOf(part) < bytes) throw new DownloadError('broken', `it ended after ${sizeOf(part)} of ${bytes} bytes`);
}

function failureOf(cause: unknown, { aborted, reason }: AbortSignal): DownloadError {
  if (cause instanceof DownloadError) return cause;
  if (aborted && reason instanceof DownloadError) return reason;
  const { message, cause: inner } = cause as Error & { cause?: { code?: string } };
  // fetch says "fetch failed" where there was no connection, and "terminated" where one broke.
  return new DownloadError(message === 'fetch failed' ? 'unreachable' : 'broken', inner?.code ?? message, { cause });
}

/** `bytes 100-199/200` -> 100. */
const startOf = ({ headers }: Response): number | undefined => {
  const [, start] = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '') ?? [];
  return start === undefined ? undefined : Number(start);
};

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
