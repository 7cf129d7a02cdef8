import { FRAME_MS } from '@parley/agent';

/** Callers' packets leave at so many places of the 20 ms raster: they must not all beat as one. */
const PHASES = 10;
/** Later than this, the callers' own clock was disturbed, in ms: what they measured then counts for nothing. */
export const DISTURBED_MS = 15;
/** Older ones are forgotten. */
const MOST_STOPS = 5000;

/** One timer on absolute deadlines for all callers of this process: a timer each would cost most of their CPU. */
export class Beat {
  readonly #phases = Array.from({ length: PHASES }, () => new Set<(at: number) => void>());
  readonly #origin = performance.now();
  /** Ends of the times in which this process stood still, and how long that was. */
  readonly #stops: { readonly at: number; readonly ms: number }[] = [];
  #next = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Calls `send` each 20 ms until the returned function is called. */
  join(send: (at: number) => void): () => void {
    const phase = this.#phases.reduce((least, each) => (each.size < least.size ? each : least));
    phase.add(send);
    if (!this.#timer) {
      this.#next = this.#indexNow() + 1;
      this.#arm();
    }
    return () => void phase.delete(send);
  }

  /** How long this process stood still between two of its clock's times, at worst, in ms. */
  worstStop(from: number, to = performance.now()): number {
    return Math.max(0, ...this.#stops.filter(({ at, ms }) => at >= from && at - ms <= to).map(({ ms }) => ms));
  }

  /** How often it stood still since the clock's `from`. */
  stopsSince(from: number): number {
    return this.#stops.filter(({ at }) => at >= from).length;
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const phase of this.#phases) phase.clear();
  }

  #indexNow(): number {
    return Math.floor(((performance.now() - this.#origin) * PHASES) / FRAME_MS);
  }

  #due(index: number): number {
    return this.#origin + (index * FRAME_MS) / PHASES;
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#due(this.#next) - performance.now()));
  }

  /** What was missed is sent at once, as a sound card that was read late would have it. */
  #run(): void {
    const late = performance.now() - this.#due(this.#next);
    if (late > DISTURBED_MS) this.#stops.push({ at: performance.now(), ms: late });
    if (this.#stops.length > MOST_STOPS) this.#stops.shift();
    while (this.#due(this.#next) <= performance.now()) {
      const at = performance.now();
      for (const send of this.#phases[this.#next % PHASES] ?? []) send(at);
      this.#next++;
    }
    this.#arm();
  }
}
