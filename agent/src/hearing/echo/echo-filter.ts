import { BINS, type Spectra } from './spectrum.ts';

/** Length of the echo that is predicted, in windows: 80 ms. */
export const TAPS = 8;
/** Share of the filter that stays true over a window: a second's drift is learned within about a second. */
const CONSTANCY = 0.99;
/** Guessed power gain of a loudspeaker's echo at its first tap before anything is known; each tap after has half. */
const FIRST_GUESS = 0.1;
/** Smoothing of the power that the filter cannot explain, per window. */
const NOISE_KEEP = 0.9;
/** Power gain by which a tap may come from nothing: -40 dB. */
const SMALLEST_GAIN = 1e-4;
/** Power of a bin that is silence. */
const SILENCE = 1e-10;

/**
 * Predicts a microphone's spectrum from what was sent: in each bin a Kalman filter over the last windows. It learns
 * within about 100 ms while it knows nothing, and hardly from what a person says over the echo.
 */
export class EchoFilter {
  readonly #wr = new Float32Array(TAPS * BINS);
  readonly #wi = new Float32Array(TAPS * BINS);
  /** Variance of each weight's error. */
  readonly #variance = new Float32Array(TAPS * BINS);
  readonly #noise = new Float32Array(BINS);
  readonly #starts = new Int32Array(TAPS);
  /** Of the last window: power that came, and what of it was not predicted. */
  total = 0;
  residual = 0;

  constructor() {
    this.reset();
  }

  /** Takes near window `nearIndex`, whose echo begins with far window `farIndex`. */
  hear(far: Spectra, near: Spectra, farIndex: number, nearIndex: number): void {
    for (let tap = 0; tap < TAPS; tap++) this.#starts[tap] = far.at(farIndex - tap);
    const y = near.at(nearIndex);
    this.total = 0;
    this.residual = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const yr = near.re[y + bin] as number;
      const yi = near.im[y + bin] as number;
      this.total += yr * yr + yi * yi;
      this.#predict(far, bin, yr, yi);
    }
  }

  reset(): void {
    this.#wr.fill(0);
    this.#wi.fill(0);
    this.#noise.fill(0);
    for (let tap = 0; tap < TAPS; tap++) this.#variance.fill(FIRST_GUESS * 0.5 ** tap, tap * BINS, (tap + 1) * BINS);
  }

  /** One bin: what is not predicted, and then what there is to learn from it. */
  #predict(far: Spectra, bin: number, yr: number, yi: number): void {
    // Fields are read once: this is the innermost loop of a caller's hearing.
    const { re, im } = far;
    const starts = this.#starts;
    const weightsRe = this.#wr;
    const weightsIm = this.#wi;
    const variances = this.#variance;
    let er = yr;
    let ei = yi;
    let sent = 0;
    let doubt = 0;
    for (let tap = 0, at = bin; tap < TAPS; tap++, at += BINS) {
      const x = (starts[tap] as number) + bin;
      const xr = re[x] as number;
      const xi = im[x] as number;
      const wr = weightsRe[at] as number;
      const wi = weightsIm[at] as number;
      er -= wr * xr - wi * xi;
      ei -= wr * xi + wi * xr;
      const power = xr * xr + xi * xi;
      sent += power;
      doubt += (variances[at] as number) * power;
    }
    const error = er * er + ei * ei;
    this.residual += Math.min(error, excess(yr, yi, er, ei));
    const noise = NOISE_KEEP * (this.#noise[bin] as number) + (1 - NOISE_KEEP) * error;
    this.#noise[bin] = noise;
    if (sent <= SILENCE) return;
    const trust = 1 / (doubt + noise + SILENCE);
    for (let tap = 0, at = bin; tap < TAPS; tap++, at += BINS) {
      const x = (starts[tap] as number) + bin;
      const xr = re[x] as number;
      const xi = im[x] as number;
      const variance = variances[at] as number;
      const gain = variance * trust;
      const wr = (weightsRe[at] as number) + gain * (xr * er + xi * ei);
      const wi = (weightsIm[at] as number) + gain * (xr * ei - xi * er);
      weightsRe[at] = wr;
      weightsIm[at] = wi;
      const left = variance * (1 - gain * (xr * xr + xi * xi));
      variances[at] = CONSTANCY * left + (1 - CONSTANCY) * (wr * wr + wi * wi + SMALLEST_GAIN);
    }
  }
}

/**
 * Power beyond the predicted one. Where a player in between has stretched time by a few ms, phases are lost and the
 * error is large until the filter has turned them; powers still fit.
 */
function excess(yr: number, yi: number, er: number, ei: number): number {
  const re = yr - er;
  const im = yi - ei;
  return Math.max(0, yr * yr + yi * yi - re * re - im * im);
}
