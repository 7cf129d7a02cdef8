import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { seededRandom, speechClip } from '../../testing/index.ts';
import { FFT_SIZE, Fft400 } from './fft-400.ts';
import { FRAMES, LogMel, MELS, WINDOW_SAMPLES } from './log-mel.ts';

interface Reference {
  readonly mels: readonly number[];
  readonly everyFrames: number;
  readonly clips: Record<'jfk' | 'turnonlamp', { mean: number; max: number; rows: readonly (readonly number[])[] }>;
}
const reference = JSON.parse(
  readFileSync(new URL('../../../fixtures/log-mel/reference.json', import.meta.url), 'utf8'),
) as Reference;

const featuresOf = (audio: Int16Array, logMel = new LogMel()): Float32Array => {
  const features = new Float32Array(MELS * FRAMES);
  logMel.compute(audio, features);
  return features;
};
const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] ?? Number.NaN))), 0);

test('the transform of 400 points is what its definition says', () => {
  const random = seededRandom(1);
  const fft = new Fft400();
  const re = fft.re.map(() => random() - 0.5);
  const im = fft.im.map(() => random() - 0.5);
  fft.re.set(re);
  fft.im.set(im);
  fft.run();
  for (let k = 0; k < FFT_SIZE; k++) {
    let [sumRe, sumIm] = [0, 0];
    for (let i = 0; i < FFT_SIZE; i++) {
      const angle = (-2 * Math.PI * i * k) / FFT_SIZE;
      sumRe += re[i]! * Math.cos(angle) - im[i]! * Math.sin(angle);
      sumIm += re[i]! * Math.sin(angle) + im[i]! * Math.cos(angle);
    }
    expect(farthest([sumRe, sumIm], [fft.re[k]!, fft.im[k]!])).toBeLessThan(1e-11);
  }
});

describe('log-mel features', () => {
  // The long clip has more than 8 s, of which the last count; the short one has zeros before it.
  test.each(['jfk', 'turnonlamp'] as const)('of %s are those of an independent implementation', (name) => {
    const features = featuresOf(speechClip(name).samples);
    const { mean, max, rows } = reference.clips[name];
    const own = reference.mels.map((mel, row) =>
      rows[row]!.map((_, i) => features[mel * FRAMES + i * reference.everyFrames]!),
    );
    expect(farthest(own.flat(), rows.flat())).toBeLessThan(1e-4);
    expect(Math.max(...features)).toBeCloseTo(max, 4);
    expect(features.reduce((a, b) => a + b) / features.length).toBeCloseTo(mean, 4);
  });

  test('keep nothing of the audio before', () => {
    const logMel = new LogMel();
    featuresOf(speechClip('jfk').samples, logMel);
    const { samples } = speechClip('turnonlamp');
    expect(featuresOf(samples, logMel)).toEqual(featuresOf(samples));
  });

  test('are the same whether the zeros before the audio are given or left out', () => {
    const { samples } = speechClip('weatherlike');
    const padded = new Int16Array(WINDOW_SAMPLES);
    padded.set(samples, WINDOW_SAMPLES - samples.length);
    expect(farthest(featuresOf(samples), featuresOf(padded))).toBeLessThan(1e-6);
  });

  test.each([0, 1, 199, 200, 201, 359, 360, 361, 8000, WINDOW_SAMPLES - 1, WINDOW_SAMPLES])(
    'of %i samples are all there',
    (length) => {
      const random = seededRandom(length);
      const features = featuresOf(Int16Array.from({ length }, () => random() * 20_000 - 10_000));
      expect(features.every(Number.isFinite)).toBe(true);
    },
  );
});
