import { expect, test } from '@jest/globals';
import { TurnAudio } from './turn-audio.ts';

const counting = (from: number, count: number): Int16Array => Int16Array.from({ length: count }, (_, i) => from + i);

test('the last of a turn is kept across the end of the ring, and no more than 8 s', () => {
  const audio = new TurnAudio();
  expect(audio.last(1000)).toHaveLength(0);
  audio.push(counting(1, 320));
  expect(audio.last(10)).toEqual(counting(161, 160));
  expect(audio.last(1000)).toEqual(counting(1, 320));
  // 320 does not divide the ring of 128,000 together with 48.
  audio.push(new Int16Array(48));
  for (let i = 0; i < 420; i++) audio.push(counting(i * 10, 320));
  expect(audio.last(20)).toEqual(counting(4190, 320));
  expect(audio.last(40)).toEqual(Int16Array.from([...counting(4180, 320), ...counting(4190, 320)]));
  expect(audio.last(60_000)).toHaveLength(128_000);
  expect(audio.last(60_000).subarray(0, 320)).toEqual(counting(200, 320));
  expect(audio.last(-5)).toHaveLength(0);
});

test('more than the ring at once leaves its end', () => {
  const audio = new TurnAudio();
  audio.push(new Int16Array(128_000 + 16).fill(7, 16));
  expect(audio.last(8000).every((sample) => sample === 7)).toBe(true);
});
