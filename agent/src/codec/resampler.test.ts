import { expect, test } from '@jest/globals';
import { bestLag, correlation, rms, sine } from '../testing/index.ts';
import { OpusLibrary } from './index.ts';

const library = await OpusLibrary.load();

function resample(input: Int16Array, from: number, to: number, chunk: number): Int16Array {
  const resampler = library.resampler({ from, to });
  const parts: Int16Array[] = [];
  for (let at = 0; at < input.length; at += chunk) parts.push(resampler.push(input.subarray(at, at + chunk)));
  parts.push(resampler.flush());
  resampler.close();
  return Int16Array.from(parts.flatMap((part) => [...part]));
}

test.each([
  [22_050, 24_000],
  [44_100, 48_000],
  [11_025, 24_000],
  [32_000, 24_000],
])('turns %i Hz into %i Hz in time and in tune', (from, to) => {
  const heard = resample(sine(1000, from, from * 2), from, to, 777);
  const truth = sine(1000, to, to * 2);
  expect(heard.length).toBe(truth.length);
  expect(bestLag(truth, heard, 10)).toEqual({ lag: 0, correlation: expect.any(Number) });
  expect(correlation(truth, heard)).toBeGreaterThan(0.9999);
});

test('adds little noise: 6 kHz from 22.05 to 24 kHz', () => {
  const heard = resample(sine(6000, 22_050, 22_050), 22_050, 24_000, 441);
  const truth = sine(6000, 24_000, 24_000);
  const noise = truth.map((sample, i) => sample - heard[i]!).subarray(1000, 23_000);
  expect(20 * Math.log10(rms(truth) / rms(noise))).toBeGreaterThan(70);
});

test('gives the same audio whatever the chunks', () => {
  const input = sine(700, 22_050, 30_000);
  const whole = resample(input, 22_050, 24_000, 30_000);
  for (const chunk of [1, 37, 5000]) expect(resample(input, 22_050, 24_000, chunk)).toEqual(whole);
});

test('gives nothing for nothing', () => {
  expect(resample(new Int16Array(0), 22_050, 24_000, 100).length).toBe(0);
});

test('many of them live side by side', () => {
  const all = Array.from({ length: 300 }, () => library.resampler({ from: 22_050, to: 24_000 }));
  const tone = sine(500, 22_050, 441);
  const first = all.map((resampler) => resampler.push(tone));
  for (const out of first) expect(correlation(first[0]!, out)).toBeCloseTo(1, 9);
  for (const resampler of all) {
    resampler.close();
    resampler.close();
  }
  expect(() => all[0]!.push(tone)).toThrow(TypeError);
});

test('refuses rates that are none', () => {
  expect(() => library.resampler({ from: 0, to: 24_000 })).toThrow(RangeError);
});
