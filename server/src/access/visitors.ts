import { type Clock, TokenBucket } from '../observe/index.ts';

export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a minute lets through, and all at once. */
export const aMinute = (count: number): Pace => ({ perSecond: count / 60, burst: count });

/** How many are remembered; the one that came first is forgotten first. */
const MOST_VISITORS = 10_000;

/** Lets each visitor through at a pace of its own: an address, a key, a room. */
export class Visitors {
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(pace: Pace, clock: Clock) {
    this.#pace = pace;
    this.#clock = clock;
  }

  admit(who: string): boolean {
    const bucket = this.#buckets.get(who) ?? new TokenBucket(this.#pace, () => this.#clock.now());
    this.#buckets.set(who, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_VISITORS && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take();
  }
}
