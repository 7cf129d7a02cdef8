import { BINS, type Spectra } from './spectrum.ts';

/** Delays that are searched, in windows: up to 630 ms. */
const LAGS = 64;
/** Neighbours share most of what they know: every second bin finds as much as all. */
const BIN_STEP = 2;
const COLUMNS = Math.ceil(BINS / BIN_STEP);
/** Memory of the search, in frames: 300 ms. */
const MEMORY_FRAMES = 15;
const KEEP = 1 - 1 / MEMORY_FRAMES;
/** A delay is believed whose coherence stands out from that of all others by so many standard deviations, ... */
const MIN_PROMINENCE = 4;
/** ... is so high, 0..1, ... */
const MIN_COHERENCE = 0.025;
/** ... and stays best for so many frames. */
const STEADY_FRAMES = 2;

/**
 * Finds by how much one signal lags another: at the right lag the phase between them is the same all the time, in
 * each bin another one. A loudspeaker and a room turn phases but leave them steady; other voices do not.
 */
export class DelaySearch {
  /** Mean phase difference by lag and bin. */
  readonly #re = new Float32Array(LAGS * COLUMNS);
  readonly #im = new Float32Array(LAGS * COLUMNS);
  /** Of each lag, 0..1. */
  readonly #coherence = new Float32Array(LAGS);
  #last = -1;
  #steady = 0;

  /** Takes the near window `index` of a new frame; the lag in windows, where one is sure. */
  hear(far: Spectra, near: Spectra, index: number): number | undefined {
    const y = near.at(index);
    for (let lag = 0; lag < LAGS; lag++) this.#coherence[lag] = this.#compare(far, near, far.at(index - lag), y, lag);
    return this.#sure();
  }

  reset(): void {
    this.#re.fill(0);
    this.#im.fill(0);
    this.#last = -1;
    this.#steady = 0;
  }

  #compare(far: Spectra, near: Spectra, x: number, y: number, lag: number): number {
    const meanRe = this.#re;
    const meanIm = this.#im;
    const { phaseRe: xRe, phaseIm: xIm } = far;
    const { phaseRe: yRe, phaseIm: yIm } = near;
    let sum = 0;
    for (let column = 0, at = lag * COLUMNS; column < COLUMNS; column++, at++, x += BIN_STEP, y += BIN_STEP) {
      const xr = xRe[x] as number;
      const xi = xIm[x] as number;
      const yr = yRe[y] as number;
      const yi = yIm[y] as number;
      const re = KEEP * (meanRe[at] as number) + (1 - KEEP) * (yr * xr + yi * xi);
      const im = KEEP * (meanIm[at] as number) + (1 - KEEP) * (yi * xr - yr * xi);
      meanRe[at] = re;
      meanIm[at] = im;
      sum += re * re + im * im;
    }
    return sum / COLUMNS;
  }

  #sure(): number | undefined {
    let best = 0;
    let sum = 0;
    let squares = 0;
    for (let lag = 0; lag < LAGS; lag++) {
      const value = this.#coherence[lag] as number;
      sum += value;
      squares += value * value;
      if (value > (this.#coherence[best] as number)) best = lag;
    }
    const top = this.#coherence[best] as number;
    const spread = Math.sqrt(Math.max(0, squares / LAGS - (sum / LAGS) ** 2));
    const sure = top >= MIN_COHERENCE && top - sum / LAGS >= MIN_PROMINENCE * spread;
    this.#steady = sure && Math.abs(best - this.#last) <= 1 ? this.#steady + 1 : 0;
    this.#last = best;
    return sure && this.#steady >= STEADY_FRAMES - 1 ? best : undefined;
  }
}
