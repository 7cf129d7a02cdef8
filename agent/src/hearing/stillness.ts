/** A window that is so little above the line's own noise holds no beginning of speech, in dB... */
const STILL_DB = 4;
/** ...and one that is so much above it surely holds something. */
const CLEAR_DB = 8;
/** Softer than this is silence on any line: RMS of 4 sample units, in dB of one. */
const SILENT_DB = 12;
/** The noise is taken to be the softest there was; it may rise so much a second, in dB. */
const RISE_DB = 1.5;
/** Windows until the noise is known. */
const LEARNING = 8;

/** Tells by loudness alone that nothing begins: far cheaper than to ask a model. */
export class Stillness {
  readonly #risePerWindow: number;
  #noise = Number.POSITIVE_INFINITY;
  #heard = 0;

  constructor(windowMs: number) {
    this.#risePerWindow = (RISE_DB * windowMs) / 1000;
  }

  /** Each window in turn, those of speech as well. */
  hear(window: Int16Array): 'still' | 'unclear' | 'clear' {
    const level = levelOf(window);
    this.#noise = Math.min(level, this.#noise + this.#risePerWindow);
    this.#heard++;
    if (level < SILENT_DB) return 'still';
    const above = level - this.#noise;
    if (above >= CLEAR_DB) return 'clear';
    return above < STILL_DB && this.#heard > LEARNING ? 'still' : 'unclear';
  }

  reset(): void {
    this.#noise = Number.POSITIVE_INFINITY;
    this.#heard = 0;
  }
}

/** In dB of one sample unit. */
function levelOf(window: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < window.length; i++) sum += (window[i] as number) ** 2;
  return 10 * Math.log10(sum / window.length + 1e-3);
}
