import { FRAME_MS } from '../contracts/index.ts';

/** A voice that stays so far below its own loudest is not that voice any more, in dB... */
const FADED_DB = 9;
/** ...and one that rises so far above what lies under it is somebody again. */
const RISEN_DB = 8;
/** Smoothing of the level, and of what lies under the voice, in ms. */
const LEVEL_MS = 250;
const FLOOR_MS = 2000;

const ratio = (db: number): number => 10 ** (db / 10);

const smooth = (before: number | undefined, now: number, ms: number): number =>
  before === undefined ? now : before + (now - before) * (FRAME_MS / ms);

/** Tells a voice from the voices behind it by loudness alone, frame by frame. */
export class Foreground {
  #power: number | undefined;
  #loudest = 0;
  #floor: number | undefined;
  #fadedMs = 0;
  #risenMs = 0;

  push(samples: Int16Array): void {
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const power = smooth(this.#power, sum / samples.length, LEVEL_MS);
    const floor = this.#floor ?? power;
    this.#loudest = Math.max(this.#loudest, power);
    this.#fadedMs = power < this.#loudest / ratio(FADED_DB) ? this.#fadedMs + FRAME_MS : 0;
    this.#risenMs = power > floor * ratio(RISEN_DB) ? this.#risenMs + FRAME_MS : 0;
    this.#power = power;
    this.#floor = smooth(floor, power, FLOOR_MS);
  }

  /** For so long it has been far below its loudest. */
  get fadedMs(): number {
    return this.#fadedMs;
  }

  /** For so long it has been far above what was there before. */
  get risenMs(): number {
    return this.#risenMs;
  }
}
