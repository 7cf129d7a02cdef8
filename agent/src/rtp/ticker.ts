import { FRAME_MS } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';

export interface Tick {
  /** Counts frames of wall time since the ticker was made; it jumps only where the process stood still. */
  readonly index: number;
  /** Clock's ms at which this tick was due. */
  readonly due: number;
}

export interface TickerOptions {
  readonly clock: Clock;
  /** A listener has thrown; the others have run. By default it is thrown anew, outside the ticker. */
  readonly onError?: (error: unknown) => void;
}

/** Lateness in ms over the last 1024 ticks. */
export interface Lateness {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Ticks given up because the process stood still for longer than `GIVE_UP_MS`. */
  readonly skipped: number;
}

/** Standing still for longer than this, the ticker goes on from now instead of catching up. */
export const GIVE_UP_MS = 500;

type Listener = (tick: Tick) => void;

/**
 * One 20 ms beat for all sessions of a thread, on absolute deadlines: it does not drift. Runs only while it has
 * listeners. When late it catches up tick by tick, and lets the sockets be read before each of them, so that packets
 * which came in the meantime count.
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<Listener>();
  readonly #origin: number;
  readonly #late = new Float64Array(1024);
  #lateCount = 0;
  #next = 0;
  #skipped = 0;
  #cancel: (() => void) | undefined;

  constructor({ clock, onError = throwOutside }: TickerOptions) {
    this.#clock = clock;
    this.#onError = onError;
    this.#origin = clock.now();
  }

  /** Calls `listener` each 20 ms until the returned function is called. */
  add(listener: Listener): () => void {
    const own: Listener = (tick) => listener(tick);
    this.#listeners.add(own);
    if (!this.#cancel) {
      this.#next = this.#indexNow() + 1;
      this.#arm();
    }
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size > 0) return;
      this.#cancel?.();
      this.#cancel = undefined;
    };
  }

  get lateness(): Lateness {
    const sorted = this.#late.slice(0, Math.min(this.#lateCount, this.#late.length)).sort();
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), max: at(1), skipped: this.#skipped };
  }

  #indexNow(): number {
    return Math.floor((this.#clock.now() - this.#origin) / FRAME_MS);
  }

  #due(index: number): number {
    return this.#origin + index * FRAME_MS;
  }

  #arm(): void {
    this.#cancel?.();
    const wait = this.#due(this.#next) - this.#clock.now();
    this.#cancel = this.#clock.after(Math.max(0, wait), () => this.#fire());
  }

  #fire(): void {
    const late = this.#clock.now() - this.#due(this.#next);
    if (late > FRAME_MS / 2) this.#cancel = this.#clock.after(0, () => this.#run(late));
    else this.#run(late);
  }

  #run(late: number): void {
    if (late > GIVE_UP_MS) {
      this.#skipped += this.#indexNow() - this.#next;
      this.#next = this.#indexNow();
    }
    this.#late[this.#lateCount++ % this.#late.length] = Math.max(0, late);
    const tick = { index: this.#next, due: this.#due(this.#next) };
    this.#next++;
    for (const listener of this.#listeners) {
      try {
        listener(tick);
      } catch (error) {
        this.#onError(error);
      }
    }
    if (this.#listeners.size > 0) this.#arm();
  }
}

function throwOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
