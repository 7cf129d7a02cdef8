import { FFT_SIZE, Fft400 } from './fft-400.ts';

/** Hz. */
const RATE = 16000;
/** Distance of two frames, in samples: 10 ms. */
const HOP = 160;
export const MELS = 80;
/** What a model of 8 s hears. */
export const WINDOW_SAMPLES = 8 * RATE;
export const FRAMES = WINDOW_SAMPLES / HOP;

/** Silence does not become infinitely quiet. */
const MEL_FLOOR = 1e-10;
/** Nor anything quieter than so many powers of ten below the loudest. */
const RANGE = 8;
const VARIANCE_FLOOR = 1e-7;

const BINS = FFT_SIZE / 2 + 1;
/** Hann, periodic. */
const WINDOW = Float64Array.from({ length: FFT_SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / FFT_SIZE));

interface MelFilter {
  readonly firstBin: number;
  readonly weights: Float64Array;
}

const FILTERS = melFilters();

/**
 * Whisper's log-mel features of 8 s at 16 kHz, as Smart Turn was trained on: the audio at the end and zeros before it,
 * brought to mean 0 and variance 1; windows of 25 ms each 10 ms, reflected at the edges; 80 mels (Slaney's scale and
 * areas); decimal logarithm, 8 below the loudest at least, (x + 4) / 4. Numbers and order are those of
 * `WhisperFeatureExtractor(chunk_length=8)` with `do_normalize=True`, which Smart Turn's own inference.py calls:
 * github.com/pipecat-ai/smart-turn, github.com/huggingface/transformers (models/whisper/feature_extraction_whisper.py).
 */
export class LogMel {
  readonly #padded = new Float64Array(WINDOW_SAMPLES + FFT_SIZE);
  readonly #fft = new Fft400();
  readonly #power = new Float64Array(BINS);
  readonly #power2 = new Float64Array(BINS);

  /** Of the last 8 s of `audio`; writes `[MELS, FRAMES]` into `features`. */
  compute(audio: Int16Array, features: Float32Array): void {
    const zeros = this.#load(audio);
    // All frames of nothing but the zeros before the audio are equal.
    const firstHeard = Math.max(1, Math.floor((zeros - FFT_SIZE / 2) / HOP) + 1);
    const from = Math.min(firstHeard, FRAMES) - 1;
    for (let frame = from; frame < FRAMES; frame += 2) {
      this.#transform(frame);
      writeMels(this.#power, features, frame);
      if (frame + 1 < FRAMES) writeMels(this.#power2, features, frame + 1);
    }
    for (let mel = 0; mel < MELS; mel++) {
      const row = mel * FRAMES;
      features.fill(features[row + from]!, row, row + from);
    }
    compress(features);
  }

  /** Normalises the audio behind its zeros, and reflects both ends. Gives the number of zeros. */
  #load(audio: Int16Array): number {
    const heard = audio.subarray(Math.max(0, audio.length - WINDOW_SAMPLES));
    const zeros = WINDOW_SAMPLES - heard.length;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < heard.length; i++) {
      sum += heard[i]!;
      squares += heard[i]! * heard[i]!;
    }
    const mean = sum / WINDOW_SAMPLES / 32768;
    const variance = squares / WINDOW_SAMPLES / 32768 ** 2 - mean * mean;
    const scale = 1 / Math.sqrt(variance + VARIANCE_FLOOR);
    const padded = this.#padded;
    const edge = FFT_SIZE / 2;
    padded.fill(-mean * scale, edge, edge + zeros);
    for (let i = 0; i < heard.length; i++) padded[edge + zeros + i] = (heard[i]! / 32768 - mean) * scale;
    for (let i = 1; i <= edge; i++) {
      padded[edge - i] = padded[edge + i]!;
      padded[edge + WINDOW_SAMPLES - 1 + i] = padded[edge + WINDOW_SAMPLES - 1 - i]!;
    }
    return zeros;
  }

  /** The power of this frame and the next: two real signals in one complex transform. */
  #transform(frame: number): void {
    const { re, im } = this.#fft;
    const at = frame * HOP;
    for (let i = 0; i < FFT_SIZE; i++) {
      re[i] = WINDOW[i]! * this.#padded[at + i]!;
      im[i] = WINDOW[i]! * (this.#padded[at + HOP + i] ?? 0);
    }
    this.#fft.run();
    for (let bin = 0; bin < BINS; bin++) {
      const mirror = bin === 0 ? 0 : FFT_SIZE - bin;
      const [ar, ai, br, bi] = [re[bin]!, im[bin]!, re[mirror]!, im[mirror]!];
      this.#power[bin] = 0.25 * ((ar + br) ** 2 + (ai - bi) ** 2);
      this.#power2[bin] = 0.25 * ((ai + bi) ** 2 + (br - ar) ** 2);
    }
  }
}

function writeMels(power: Float64Array, features: Float32Array, frame: number): void {
  for (let mel = 0; mel < MELS; mel++) {
    const { firstBin, weights } = FILTERS[mel]!;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * power[firstBin + i]!;
    features[mel * FRAMES + frame] = Math.log10(Math.max(MEL_FLOOR, sum));
  }
}

function compress(features: Float32Array): void {
  let loudest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < features.length; i++) if (features[i]! > loudest) loudest = features[i]!;
  const floor = loudest - RANGE;
  for (let i = 0; i < features.length; i++) features[i] = (Math.max(features[i]!, floor) + 4) / 4;
}

/** Triangles between points evenly spaced on Slaney's scale (even up to 1 kHz, logarithmic above), each of area 1. */
function melFilters(): MelFilter[] {
  const top = toMel(RATE / 2);
  const points = Array.from({ length: MELS + 2 }, (_, i) => toHertz((top * i) / (MELS + 1)));
  return Array.from({ length: MELS }, (_, mel) => {
    const [low, middle, high] = [points[mel]!, points[mel + 1]!, points[mel + 2]!];
    const all = Float64Array.from({ length: BINS }, (_, bin) => {
      const hertz = (bin * RATE) / FFT_SIZE;
      const height = Math.min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      return (Math.max(0, height) * 2) / (high - low);
    });
    const firstBin = all.findIndex((weight) => weight > 0);
    const lastBin = all.findLastIndex((weight) => weight > 0);
    return { firstBin: Math.max(0, firstBin), weights: all.slice(Math.max(0, firstBin), lastBin + 1) };
  });
}

function toMel(hertz: number): number {
  return hertz < 1000 ? (3 * hertz) / 200 : 15 + (Math.log(hertz / 1000) * 27) / Math.log(6.4);
}

function toHertz(mel: number): number {
  return mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27);
}
