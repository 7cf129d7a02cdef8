import { FRAME_MS, type PcmFrame } from '../contracts/index.ts';

/** Audio that is kept to be recognised, in ms; beyond it the oldest goes. */
const MAX_KEPT_MS = 300_000;

/** What a caller sends by RTP, as its line sees it: counted, and kept where turns are not to be found in it. */
export class TrackEar {
  #frames = 0;
  #kept: Int16Array[] | undefined;

  /** How much has come, in ms. */
  get heardMs(): number {
    return this.#frames * FRAME_MS;
  }

  /** The frame as it is to be listened to: what is kept is silence there. */
  take(frame: PcmFrame): PcmFrame {
    this.#frames++;
    if (!this.#kept) return frame;
    this.#kept.push(frame.samples.slice());
    if (this.#kept.length > MAX_KEPT_MS / FRAME_MS) this.#kept.shift();
    return { ...frame, samples: new Int16Array(frame.samples.length) };
  }

  gather(on: boolean): void {
    this.#kept = on ? (this.#kept ?? []) : undefined;
  }

  forget(): void {
    if (this.#kept) this.#kept = [];
  }

  /** What was kept, which is forgotten. */
  gathered(): Int16Array {
    const kept = this.#kept ?? [];
    const whole = new Int16Array(kept.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const samples of kept) {
      whole.set(samples, at);
      at += samples.length;
    }
    this.forget();
    return whole;
  }
}
