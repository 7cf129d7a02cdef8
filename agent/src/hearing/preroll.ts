import { durationMs, type PcmFrame } from '../contracts/index.ts';

/** The latest frames, in order, bounded by their length in ms: when it is full the oldest go. */
export class FrameRing {
  readonly #capacityMs: number;
  #frames: PcmFrame[] = [];
  #ms = 0;

  constructor(capacityMs: number) {
    this.#capacityMs = capacityMs;
  }

  /** ms of audio held. */
  get ms(): number {
    return this.#ms;
  }

  get size(): number {
    return this.#frames.length;
  }

  /** How many frames had to go. A frame longer than the ring is still kept, alone. */
  push(frame: PcmFrame): number {
    this.#frames.push(frame);
    this.#ms += lengthMs(frame);
    let gone = 0;
    while (this.#ms > this.#capacityMs && this.#frames.length > 1) {
      this.shift();
      gone++;
    }
    return gone;
  }

  /** Takes the oldest. */
  shift(): PcmFrame | undefined {
    const frame = this.#frames.shift();
    if (frame) this.#ms -= lengthMs(frame);
    return frame;
  }

  /** Takes everything; gives the frames that reach past `at`, ms on the media clock. */
  takeSince(at: number): PcmFrame[] {
    const frames = this.#frames.filter((frame) => frame.at + lengthMs(frame) > at);
    this.clear();
    return frames;
  }

  clear(): void {
    this.#frames = [];
    this.#ms = 0;
  }
}

const lengthMs = (frame: PcmFrame): number => durationMs(frame.samples.length, frame.rate);
