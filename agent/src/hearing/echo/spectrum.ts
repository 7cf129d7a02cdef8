import { WORK_RATE } from './decimator.ts';

/** Length of the analysis window: 32 ms at 8 kHz. */
const SIZE = 256;
/** Distance of two windows, in samples: two to a frame. */
const HOP = 80;
/** Windows that a frame adds. */
export const FRAME_HOPS = 2;
/** Distance of two windows, in ms. */
export const HOP_MS = (HOP * 1000) / WORK_RATE;

const FIRST_BIN = 4;
/** Magnitude of a bin that hardly counts any more; a signal with all bins there is at -60 dB of full scale. */
const FAINT = 1e-4;
/** Bins that are looked at: 125 to 3400 Hz. */
export const BINS = 105;

const BIT_REVERSED = Uint8Array.from({ length: SIZE }, (_, i) => {
  let reversed = 0;
  for (let bit = 1, from = i; bit < SIZE; bit <<= 1, from >>= 1) reversed = (reversed << 1) | (from & 1);
  return reversed;
});
const COS = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));
const SIN = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / SIZE));
/** Hann, scaled so that the powers of all bins sum up to the signal's. */
const WINDOW = Float32Array.from(
  { length: SIZE },
  (_, i) => (0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / SIZE)) / Math.sqrt(0.375 * SIZE * SIZE * 0.5),
);

/** The last windows of one signal as complex spectra, addressed by the window's number since the start. */
export class Spectra {
  /** Windows that are kept. */
  readonly room: number;
  readonly re: Float32Array;
  readonly im: Float32Array;
  /** The same with all magnitudes near 1, but for those near silence: the phases. */
  readonly phaseRe: Float32Array;
  readonly phaseIm: Float32Array;
  /** Windows made so far, those of silence included. */
  count = 0;
  readonly #signal = new Float32Array(SIZE + HOP);
  readonly #a = new Float32Array(SIZE);
  readonly #b = new Float32Array(SIZE);

  /** `room`: windows to keep, a power of two. */
  constructor(room: number) {
    this.room = room;
    this.re = new Float32Array((room + 1) * BINS);
    this.im = new Float32Array((room + 1) * BINS);
    this.phaseRe = new Float32Array((room + 1) * BINS);
    this.phaseIm = new Float32Array((room + 1) * BINS);
  }

  /** Where window number `index` begins in `re` and `im`; what is not kept, or not yet there, is silence. */
  at(index: number): number {
    const kept = index < this.count && index >= this.count - this.room && index >= 0;
    return (kept ? index & (this.room - 1) : this.room) * BINS;
  }

  /** Where to write the next 160 samples, before `advance`. */
  get next(): { readonly samples: Float32Array; readonly offset: number } {
    this.#signal.copyWithin(0, 2 * HOP);
    return { samples: this.#signal, offset: SIZE - HOP };
  }

  /** Makes the two windows that end in the frame written last, in one transform. */
  advance(): void {
    const [a, b, signal] = [this.#a, this.#b, this.#signal];
    for (let i = 0; i < SIZE; i++) {
      const to = BIT_REVERSED[i] as number;
      const gain = WINDOW[i] as number;
      a[to] = gain * (signal[i] as number);
      b[to] = gain * (signal[i + HOP] as number);
    }
    transform(a, b);
    this.count += 2;
    const first = this.at(this.count - 2);
    const second = this.at(this.count - 1);
    for (let bin = 0; bin < BINS; bin++) {
      const k = bin + FIRST_BIN;
      const ar = a[k] as number;
      const ai = b[k] as number;
      const br = a[SIZE - k] as number;
      const bi = b[SIZE - k] as number;
      this.#set(first + bin, 0.5 * (ar + br), 0.5 * (ai - bi));
      this.#set(second + bin, 0.5 * (ai + bi), 0.5 * (br - ar));
    }
  }

  /** Goes on at window `index` (even): what is left out is silence; going back forgets everything. */
  seek(index: number): void {
    if (index < this.count) this.reset(index);
    // The window still holds speech: it fades out over two frames.
    for (let i = 0; i < 2 && this.count < index; i++) {
      const { samples, offset } = this.next;
      samples.fill(0, offset);
      this.advance();
    }
    this.count = Math.max(this.count, index - this.room);
    for (; this.count < index; this.count++) this.#silence((this.count & (this.room - 1)) * BINS);
  }

  /** Forgets everything and goes on at window `index`. */
  reset(index = 0): void {
    for (let slot = 0; slot < this.room; slot++) this.#silence(slot * BINS);
    this.#signal.fill(0);
    this.count = index;
  }

  #set(at: number, re: number, im: number): void {
    const scale = 1 / (Math.sqrt(re * re + im * im) + FAINT);
    this.re[at] = re;
    this.im[at] = im;
    this.phaseRe[at] = re * scale;
    this.phaseIm[at] = im * scale;
  }

  #silence(start: number): void {
    for (const part of [this.re, this.im, this.phaseRe, this.phaseIm]) part.fill(0, start, start + BINS);
  }
}

/** In place, from bit-reversed order. */
function transform(re: Float32Array, im: Float32Array): void {
  for (let half = 1, stride = SIZE / 2; half < SIZE; half *= 2, stride /= 2) {
    for (let start = 0; start < SIZE; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = COS[k * stride] as number;
        const s = SIN[k * stride] as number;
        const i = start + k;
        const j = i + half;
        const jr = re[j] as number;
        const ji = im[j] as number;
        const tr = jr * c + ji * s;
        const ti = ji * c - jr * s;
        const ir = re[i] as number;
        const ii = im[i] as number;
        re[j] = ir - tr;
        im[j] = ii - ti;
        re[i] = ir + tr;
        im[i] = ii + ti;
      }
    }
  }
}
