/** Below this a frame is silence whatever the line, above the other it is not, in samples' RMS. */
const SURELY_QUIET = 50;
const SURELY_LOUD = 1500;
/** The floor follows a louder line by this factor a frame: doubled in 1.4 s. */
const FLOOR_RISE = 1.01;

/** Tells pauses from speech well enough to change a delay in them: it compares with the line's own noise. */
export class QuietMeter {
  #floor = SURELY_QUIET;
  #quiet = true;

  /** True where the last audio was a pause. */
  get quiet(): boolean {
    return this.#quiet;
  }

  hear(samples: Int16Array): void {
    let sum = 0;
    for (let i = 0; i < samples.length; i++) sum += samples[i]! * samples[i]!;
    const level = Math.sqrt(sum / Math.max(1, samples.length));
    this.#floor = Math.min(Math.max(level, 1), this.#floor * FLOOR_RISE);
    this.#quiet = level < Math.min(SURELY_LOUD, Math.max(SURELY_QUIET, 2 * this.#floor));
  }

  /** True where there is nothing to guess on from: a pause on a line without noise. */
  get silent(): boolean {
    return this.#quiet && this.#floor <= SURELY_QUIET;
  }

  hearNothing(): void {
    this.#quiet = true;
  }
}
