import { type Clock, sleep } from './clock.ts';

/** Whether the network was lost or has come back since it was asked last: what was connected by the old one may be dead. */
export class NetworkMoves {
  #moved = false;

  constructor() {
    globalThis.addEventListener?.('online', this.#onMove);
    globalThis.addEventListener?.('offline', this.#onMove);
  }

  take(): boolean {
    const moved = this.#moved;
    this.#moved = false;
    return moved;
  }

  close(): void {
    globalThis.removeEventListener?.('online', this.#onMove);
    globalThis.removeEventListener?.('offline', this.#onMove);
  }

  readonly #onMove = (): void => {
    this.#moved = true;
  };
}

/** Waits `ms`, or until the network comes back. Throws the signal's reason when it is aborted first. */
export async function sleepOrOnline(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const enough = new AbortController();
  const stop = (): void => enough.abort();
  globalThis.addEventListener?.('online', stop);
  signal.addEventListener('abort', stop);
  try {
    await sleep(clock, ms, enough.signal).catch(() => {});
    signal.throwIfAborted();
  } finally {
    globalThis.removeEventListener?.('online', stop);
    signal.removeEventListener('abort', stop);
  }
}
