import { HEARING_RATE } from '../contracts/index.ts';

/** What turn models hear at most, in ms. */
const KEPT_MS = 8000;
const SAMPLES_PER_MS = HEARING_RATE / 1000;

/** The last 8 s of one caller, at 16 kHz; what is older goes. */
export class TurnAudio {
  readonly #ring = new Int16Array(KEPT_MS * SAMPLES_PER_MS);
  #at = 0;
  #length = 0;

  push(samples: Int16Array): void {
    const ring = this.#ring;
    const kept = samples.subarray(Math.max(0, samples.length - ring.length));
    const first = Math.min(kept.length, ring.length - this.#at);
    ring.set(kept.subarray(0, first), this.#at);
    ring.set(kept.subarray(first), 0);
    this.#at = (this.#at + kept.length) % ring.length;
    this.#length = Math.min(ring.length, this.#length + kept.length);
  }

  /** A copy of the last `ms`, or of what there is. */
  last(ms: number): Int16Array {
    const ring = this.#ring;
    const length = Math.max(0, Math.min(this.#length, Math.round(ms * SAMPLES_PER_MS)));
    const from = (this.#at - length + ring.length) % ring.length;
    const copy = new Int16Array(length);
    const first = Math.min(length, ring.length - from);
    copy.set(ring.subarray(from, from + first));
    copy.set(ring.subarray(0, length - first), first);
    return copy;
  }
}
