import { durationMs, type VadModel } from '../contracts/index.ts';
import { Stillness } from './stillness.ts';

/** While a line is still the model is asked about one window in so many, to stay in it. */
const ASKED_WHEN_STILL = 16;
/** A line is still where the model surely hears no speech. */
const SURELY_NONE = 0.1;

/** Asks a model about the windows in which something may begin, and leaves out those in which nothing does. */
export class SparingModel {
  readonly #model: VadModel;
  readonly #windowMs: number;
  readonly #stillness: Stillness;
  /** The window before, which was left out. */
  readonly #before: Int16Array;
  #leftOut = false;
  #probability = 0;

  constructor(model: VadModel) {
    this.#model = model;
    this.#windowMs = durationMs(model.windowSamples, model.rate);
    this.#stillness = new Stillness(this.#windowMs);
    this.#before = new Int16Array(model.windowSamples);
  }

  /** Of the last window that was asked about, 0..1. */
  get probability(): number {
    return this.#probability;
  }

  /**
   * The window's probability; undefined for one that is left out. `to`: its end on the media clock, in ms. `quiet`: no
   * speech is under way. Rejects as the model does.
   */
  judge(window: Int16Array, to: number, quiet: boolean): Promise<number> | undefined {
    const sound = this.#stillness.hear(window);
    const still = sound === 'still' && quiet && this.#probability < SURELY_NONE && this.#model.leaveOut !== undefined;
    if (!still || Math.round(to / this.#windowMs) % ASKED_WHEN_STILL === 0) return this.#ask(window, sound === 'clear');
    // The window before is let go only now: it may have been the beginning of what comes next.
    if (this.#leftOut) this.#model.leaveOut?.(this.#before);
    this.#before.set(window);
    this.#leftOut = true;
    return undefined;
  }

  reset(): void {
    this.#stillness.reset();
    this.#leftOut = false;
    this.#probability = 0;
    this.#model.reset();
  }

  async #ask(window: Int16Array, clear: boolean): Promise<number> {
    if (this.#leftOut) {
      this.#leftOut = false;
      if (clear) await this.#model.probability(this.#before);
      else this.#model.leaveOut?.(this.#before);
    }
    this.#probability = await this.#model.probability(window);
    return this.#probability;
  }
}
