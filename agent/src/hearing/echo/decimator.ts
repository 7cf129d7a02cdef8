/** What the gate works at, in Hz: the band in which loudspeakers and voices meet. */
export const WORK_RATE = 8000;

/** Half the length of the low-pass, in ms: it stops what would fall back below 3.4 kHz, and no more. */
const HALF_MS = 0.75;
const CUTOFF_HZ = 3600;

/** Turns 20 ms frames of one rate, a multiple of 4 kHz from 8 kHz on, into frames at 8 kHz, scaled to -1..1. */
export class Decimator {
  readonly #rate: number;
  readonly #taps: number;
  /** One low-pass for each place that an output sample can have between two input samples. */
  readonly #phases: readonly Float32Array[];
  readonly #input: Float32Array;

  constructor(rate: number) {
    if (!(rate >= WORK_RATE && rate % 4000 === 0)) throw new RangeError(`no decimation from ${rate} Hz`);
    this.#rate = rate;
    const half = Math.round((HALF_MS * rate) / 1000);
    this.#taps = 2 * half;
    const phases = (rate / 4000) % 2 === 0 ? 1 : 2;
    this.#phases = Array.from({ length: phases }, (_, phase) => lowPass(half, phase / phases, rate));
    this.#input = new Float32Array(this.#taps + rate / 50);
  }

  /** Throws RangeError for what is no frame of 20 ms. */
  check(samples: Int16Array): void {
    const frame = this.#rate / 50;
    if (samples.length !== frame) throw new RangeError(`a frame of ${samples.length} samples at ${this.#rate} Hz`);
  }

  /** Writes the 160 samples of the frame into `out` from `offset`, late by the half length of the filter. */
  frame(samples: Int16Array, out: Float32Array, offset: number): void {
    const input = this.#input;
    const taps = this.#taps;
    const frame = this.#rate / 50;
    this.check(samples);
    input.copyWithin(0, frame);
    for (let i = 0; i < frame; i++) input[taps + i] = (samples[i] as number) / 32768;
    const step = this.#rate / WORK_RATE;
    for (let n = 0; n < 160; n++) {
      const from = Math.floor(n * step);
      const filter = this.#phases[this.#phases.length === 1 ? 0 : n % 2] as Float32Array;
      // Two sums, because an addition that waits for the one before takes most of the time.
      let even = 0;
      let odd = 0;
      for (let k = 0; k < taps; k += 2) {
        even += (filter[k] as number) * (input[from + k] as number);
        odd += (filter[k + 1] as number) * (input[from + k + 1] as number);
      }
      out[offset + n] = even + odd;
    }
  }

  reset(): void {
    this.#input.fill(0);
  }
}

/** A windowed sinc of unit gain, centred `shift` of a sample after its middle. */
function lowPass(half: number, shift: number, rate: number): Float32Array {
  const width = (2 * CUTOFF_HZ) / rate;
  const filter = Float32Array.from({ length: 2 * half }, (_, k) => {
    const t = k - half - shift;
    const sinc = t === 0 ? 1 : Math.sin(Math.PI * width * t) / (Math.PI * width * t);
    return sinc * Math.max(0, 0.5 + 0.5 * Math.cos((Math.PI * t) / (half + 1)));
  });
  const gain = filter.reduce((sum, value) => sum + value, 0);
  return filter.map((value) => value / gain);
}
