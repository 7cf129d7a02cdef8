import { momentarySamples } from '../kernel/index.ts';

/** Turns chunks of any size into frames of one size, in order. Holds what is pushed until it is taken. */
export class Framer {
  readonly frameSamples: number;
  readonly #chunks: Int16Array[] = [];
  #head = 0;
  #size = 0;

  constructor(frameSamples: number) {
    if (!(frameSamples > 0)) throw new RangeError('a frame has samples');
    this.frameSamples = frameSamples;
  }

  /** Samples that wait. */
  get size(): number {
    return this.#size;
  }

  /** Takes `samples` over as they are: the caller writes to them no more. */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#chunks.push(samples);
    this.#size += samples.length;
  }

  /** Puts samples that were taken back before those that wait. */
  putBack(samples: readonly Int16Array[]): void {
    const head = this.#chunks[0];
    if (head) this.#chunks[0] = head.subarray(this.#head);
    this.#head = 0;
    this.#chunks.unshift(...samples);
    this.#size += samples.reduce((sum, { length }) => sum + length, 0);
  }

  /** Fills `frame`, of any length, with the oldest samples; false, leaving it as it was, where there are too few. */
  takeInto(frame: Int16Array): boolean {
    if (this.#size < frame.length) return false;
    let filled = 0;
    while (filled < frame.length) {
      const chunk = this.#chunks[0] as Int16Array;
      const part = chunk.subarray(this.#head, this.#head + frame.length - filled);
      frame.set(part, filled);
      filled += part.length;
      this.#head += part.length;
      if (this.#head === chunk.length) {
        this.#chunks.shift();
        this.#head = 0;
      }
    }
    this.#size -= filled;
    return true;
  }

  /** The next whole frame, for a moment, or undefined. A chunk that is one goes through as it is. */
  take(): Int16Array | undefined {
    if (this.#size < this.frameSamples) return undefined;
    if (this.#head === 0 && this.#chunks[0]?.length === this.frameSamples) {
      this.#size -= this.frameSamples;
      return this.#chunks.shift();
    }
    const frame = momentarySamples(this.frameSamples);
    this.takeInto(frame);
    return frame;
  }

  /** Pads what waits with silence to whole frames. */
  flush(): void {
    const over = this.#size % this.frameSamples;
    if (over > 0) this.push(new Int16Array(this.frameSamples - over));
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#head = 0;
    this.#size = 0;
  }
}
