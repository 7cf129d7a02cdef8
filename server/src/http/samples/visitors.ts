import { type Clock, TokenBucket } from '../../observe/index.ts';

export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
}

/** How many addresses are remembered; the one that came first is forgotten first. */
const MOST_VISITORS = 10_000;

/** Lets each address through at its own pace. */
export class Visitors {
  readonly #pace: Pace;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(pace: Pace, clock: Clock) {
    this.#pace = pace;
    this.#clock = clock;
  }

  admit(ip: string): boolean {
    const bucket = this.#buckets.get(ip) ?? new TokenBucket(this.#pace, () => this.#clock.now());
    this.#buckets.set(ip, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_VISITORS && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket.take();
  }
}
