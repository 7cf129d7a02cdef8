/** What a caller can have missed at most before that is known, in ms. */
const LONGEST_MS = 10_000;
const FRAME_MS = 20;
/** Saying something again begins up to this much sooner, in ms: where it is quiet, so that a word is whole. */
const LEAD_MS = 600;

interface SaidFrame {
  readonly samples: Int16Array;
  /** Clock's ms at which it left. */
  readonly at: number;
}

/** The last frames of a speech that have left; the oldest are forgotten. */
export class SaidFrames {
  readonly #frames: SaidFrame[] = [];

  add(samples: Int16Array, at: number): void {
    this.#frames.push({ samples, at });
    if (this.#frames.length > LONGEST_MS / FRAME_MS) this.#frames.shift();
  }

  /** Takes back those that left after clock's ms `since`, and on to the beginning of a word. */
  takeSince(since: number): Int16Array[] {
    const first = this.#frames.findIndex(({ at }) => at > since);
    if (first === -1) return [];
    return this.#frames.splice(this.#quietestBefore(first)).map(({ samples }) => samples);
  }

  clear(): void {
    this.#frames.length = 0;
  }

  #quietestBefore(index: number): number {
    let best = index;
    let least = Number.POSITIVE_INFINITY;
    for (let i = index; i >= Math.max(0, index - LEAD_MS / FRAME_MS); i--) {
      const power = powerOf(this.#frames[i]?.samples ?? new Int16Array(1));
      if (power >= least) continue;
      best = i;
      least = power;
    }
    return best;
  }
}

const powerOf = (samples: Int16Array): number => samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
