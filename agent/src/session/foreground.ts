import { FRAME_MS } from '../contracts/index.ts';

/** A voice that stays so far below its own loudest is not that voice any more, in dB... */
const FADED_DB = 9;
/** ...and one that rises so far above what lies under it is somebody again. */
const RISEN_DB = 8;
/** Smoothing of the level by which a voice fades, and of the one by which it rises, in ms... */
const FADING_MS = 250;
const RISING_MS = 60;
/** ...and of what lies under it: the mean of this long, in ms, which a voice that has risen moves so much less. */
const FLOOR_MS = 4000;
const RISEN_WEIGHT = 0.2;

const ratio = (db: number): number => 10 ** (db / 10);

const smooth = (before: number | undefined, now: number, ms: number): number =>
  before === undefined ? now : before + (now - before) * (FRAME_MS / ms);

/** Tells a voice from the voices behind it by loudness alone, frame by frame. */
export class Foreground {
  #fading: number | undefined;
  #rising: number | undefined;
  #loudest = 0;
  #floor = 0;
  #frames = 0;
  #fadedMs = 0;
  #risenMs = 0;

  push(samples: Int16Array): void {
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const power = sum / samples.length;
    this.#fade(smooth(this.#fading, power, FADING_MS));
    this.#rise(smooth(this.#rising, power, RISING_MS));
  }

  /** For so long it has been far below its loudest. */
  get fadedMs(): number {
    return this.#fadedMs;
  }

  /** For so long it has been far above what was there before. */
  get risenMs(): number {
    return this.#risenMs;
  }

  #fade(power: number): void {
    this.#fading = power;
    this.#loudest = Math.max(this.#loudest, power);
    this.#fadedMs = power < this.#loudest / ratio(FADED_DB) ? this.#fadedMs + FRAME_MS : 0;
  }

  #rise(power: number): void {
    this.#rising = power;
    this.#frames++;
    const risen = this.#frames > 1 && power > this.#floor * ratio(RISEN_DB);
    this.#risenMs = risen ? this.#risenMs + FRAME_MS : 0;
    // The first frames share the weight evenly: a chance beginning is no floor.
    const weight = Math.max((FRAME_MS / FLOOR_MS) * (risen ? RISEN_WEIGHT : 1), 1 / this.#frames);
    this.#floor += (power - this.#floor) * weight;
  }
}
