import { Framer } from '../codec/index.ts';
import { FRAME_MS, type OpusRate } from '../contracts/index.ts';
import { OpusFrame, type VoiceFrame } from './opus-frame.ts';

/** What waits to be said, in order: samples in runs of any length, and Opus in packets. Frames come out. */
export class VoiceQueue {
  readonly #frameSamples: number;
  /** Of neighbours at most one is a run of samples; only the last of all may end within a frame. */
  readonly #parts: (Framer | OpusFrame)[] = [];
  #lastOpus: OpusFrame | undefined;
  /** Whole frames of packets, and samples. */
  #packets = 0;
  #samples = 0;

  constructor(rate: OpusRate) {
    this.#frameSamples = (rate * FRAME_MS) / 1000;
  }

  /** What waits, in ms. */
  get aheadMs(): number {
    return (this.#packets + this.#samples / this.#frameSamples) * FRAME_MS;
  }

  /** Takes `samples` over as they are: the caller writes to them no more. */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    const last = this.#parts.at(-1);
    const framer = last instanceof Framer ? last : new Framer(this.#frameSamples);
    if (framer !== last) this.#parts.push(framer);
    framer.push(samples);
    this.#samples += samples.length;
  }

  /** A packet of `FRAME_MS`; samples that wait before it are padded to whole frames. */
  pushOpus(packet: Uint8Array, begins: boolean): void {
    this.flush();
    this.#lastOpus = new OpusFrame(packet, begins ? undefined : this.#lastOpus);
    this.#parts.push(this.#lastOpus);
    this.#packets++;
  }

  /** The next frame: Opus, or `frame`, filled with samples; undefined where there is no whole one. */
  takeInto(frame: Int16Array): VoiceFrame | undefined {
    const [head] = this.#parts;
    if (head instanceof OpusFrame) {
      this.#parts.shift();
      this.#packets--;
      return head;
    }
    if (!head?.takeInto(frame)) return undefined;
    this.#samples -= frame.length;
    if (head.size === 0) this.#parts.shift();
    return frame;
  }

  /** The next frame, where it is Opus. */
  get nextOpus(): OpusFrame | undefined {
    const [head] = this.#parts;
    return head instanceof OpusFrame ? head : undefined;
  }

  /** Puts frames that were taken back before those that wait. */
  putBack(frames: readonly VoiceFrame[]): void {
    for (const frame of frames.toReversed()) {
      const [head] = this.#parts;
      if (frame instanceof OpusFrame) {
        this.#parts.unshift(frame);
        this.#packets++;
      } else {
        const framer = head instanceof Framer ? head : new Framer(this.#frameSamples);
        if (framer !== head) this.#parts.unshift(framer);
        framer.putBack([frame]);
        this.#samples += frame.length;
      }
    }
  }

  /** Pads samples that wait at the end with silence to whole frames. */
  flush(): void {
    const last = this.#parts.at(-1);
    if (!(last instanceof Framer)) return;
    this.#samples -= last.size;
    last.flush();
    this.#samples += last.size;
  }

  clear(): void {
    this.#parts.length = 0;
    this.#lastOpus = undefined;
    this.#packets = 0;
    this.#samples = 0;
  }
}
