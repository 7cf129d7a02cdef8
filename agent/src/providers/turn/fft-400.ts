/** Points of the transform: Whisper's window of 25 ms at 16 kHz. */
export const FFT_SIZE = 400;

const SIN_72 = Math.sin((2 * Math.PI) / 5);
const SIN_144 = Math.sin((4 * Math.PI) / 5);
const COS_72 = Math.cos((2 * Math.PI) / 5);
const COS_144 = Math.cos((4 * Math.PI) / 5);
const COS = Float64Array.from({ length: FFT_SIZE }, (_, i) => Math.cos((2 * Math.PI * i) / FFT_SIZE));
const SIN = Float64Array.from({ length: FFT_SIZE }, (_, i) => -Math.sin((2 * Math.PI * i) / FFT_SIZE));

/**
 * The Fourier transform of 400 complex numbers, as 4 x 4 x 5 x 5 (Stockham, so nothing is put in order afterwards).
 * The FFT packages are for powers of two.
 */
export class Fft400 {
  /** In, and out after `run`. */
  readonly re = new Float64Array(FFT_SIZE);
  readonly im = new Float64Array(FFT_SIZE);
  readonly #re = new Float64Array(FFT_SIZE);
  readonly #im = new Float64Array(FFT_SIZE);

  run(): void {
    radix4(this.re, this.im, this.#re, this.#im, 1);
    radix4(this.#re, this.#im, this.re, this.im, 4);
    radix5(this.re, this.im, this.#re, this.#im, 16);
    radix5(this.#re, this.#im, this.re, this.im, 80);
  }
}

/** One pass over what `stride` interleaved transforms still have to do. */
function radix4(re: Float64Array, im: Float64Array, toRe: Float64Array, toIm: Float64Array, stride: number): void {
  const step = FFT_SIZE / 4;
  for (let p = 0; p < step / stride; p++) {
    for (let q = 0; q < stride; q++) {
      const i = q + stride * p;
      const sumRe = re[i]! + re[i + 2 * step]!;
      const sumIm = im[i]! + im[i + 2 * step]!;
      const difRe = re[i]! - re[i + 2 * step]!;
      const difIm = im[i]! - im[i + 2 * step]!;
      const oddRe = re[i + step]! + re[i + 3 * step]!;
      const oddIm = im[i + step]! + im[i + 3 * step]!;
      const oddDifRe = re[i + step]! - re[i + 3 * step]!;
      const oddDifIm = im[i + step]! - im[i + 3 * step]!;
      const o = q + stride * 4 * p;
      turn(toRe, toIm, o, sumRe + oddRe, sumIm + oddIm, 0);
      turn(toRe, toIm, o + stride, difRe + oddDifIm, difIm - oddDifRe, p * stride);
      turn(toRe, toIm, o + 2 * stride, sumRe - oddRe, sumIm - oddIm, 2 * p * stride);
      turn(toRe, toIm, o + 3 * stride, difRe - oddDifIm, difIm + oddDifRe, 3 * p * stride);
    }
  }
}

function radix5(re: Float64Array, im: Float64Array, toRe: Float64Array, toIm: Float64Array, stride: number): void {
  const step = FFT_SIZE / 5;
  for (let p = 0; p < step / stride; p++) {
    for (let q = 0; q < stride; q++) {
      const i = q + stride * p;
      const a = re[i]!;
      const b = im[i]!;
      const sum1Re = re[i + step]! + re[i + 4 * step]!;
      const sum1Im = im[i + step]! + im[i + 4 * step]!;
      const dif1Re = re[i + step]! - re[i + 4 * step]!;
      const dif1Im = im[i + step]! - im[i + 4 * step]!;
      const sum2Re = re[i + 2 * step]! + re[i + 3 * step]!;
      const sum2Im = im[i + 2 * step]! + im[i + 3 * step]!;
      const dif2Re = re[i + 2 * step]! - re[i + 3 * step]!;
      const dif2Im = im[i + 2 * step]! - im[i + 3 * step]!;
      const evenRe = a + COS_72 * sum1Re + COS_144 * sum2Re;
      const evenIm = b + COS_72 * sum1Im + COS_144 * sum2Im;
      const oddRe = SIN_72 * dif1Re + SIN_144 * dif2Re;
      const oddIm = SIN_72 * dif1Im + SIN_144 * dif2Im;
      const even2Re = a + COS_144 * sum1Re + COS_72 * sum2Re;
      const even2Im = b + COS_144 * sum1Im + COS_72 * sum2Im;
      const odd2Re = SIN_144 * dif1Re - SIN_72 * dif2Re;
      const odd2Im = SIN_144 * dif1Im - SIN_72 * dif2Im;
      const o = q + stride * 5 * p;
      turn(toRe, toIm, o, a + sum1Re + sum2Re, b + sum1Im + sum2Im, 0);
      turn(toRe, toIm, o + stride, evenRe + oddIm, evenIm - oddRe, p * stride);
      turn(toRe, toIm, o + 2 * stride, even2Re + odd2Im, even2Im - odd2Re, 2 * p * stride);
      turn(toRe, toIm, o + 3 * stride, even2Re - odd2Im, even2Im + odd2Re, 3 * p * stride);
      turn(toRe, toIm, o + 4 * stride, evenRe - oddIm, evenIm + oddRe, 4 * p * stride);
    }
  }
}

/** Writes a number turned back by so many of the circle's 400 steps. */
function turn(toRe: Float64Array, toIm: Float64Array, at: number, re: number, im: number, steps: number): void {
  const c = COS[steps]!;
  const s = SIN[steps]!;
  toRe[at] = re * c - im * s;
  toIm[at] = re * s + im * c;
}
