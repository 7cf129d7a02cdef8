import type { Clock } from '../client/clock.ts';

/** A clock that moves when told to. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; fn: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, fn: () => void): () => void {
    const timer = { at: this.#now + ms, fn };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Runs what falls due within the next `ms`, in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.fn();
    }
    this.#now = end;
  }

  get pending(): number {
    return this.#timers.size;
  }
}
