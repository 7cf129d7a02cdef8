import { expect, test } from '@jest/globals';
import { HEARING_RATE } from '../contracts/index.ts';
import { framesOf, sine } from '../testing/index.ts';
import { Foreground } from './foreground.ts';

/** Tones one after another: level in dB of full scale, and length in ms. */
function heard(...parts: readonly (readonly [db: number, ms: number])[]): Foreground {
  const foreground = new Foreground();
  for (const [db, ms] of parts) {
    const amplitude = 32767 * 10 ** (db / 20);
    const tone = sine(300, HEARING_RATE, (ms * HEARING_RATE) / 1000, amplitude);
    for (const { samples } of framesOf(tone)) foreground.push(samples);
  }
  return foreground;
}

test('a voice fades when it stays far below its loudest', () => {
  expect(heard([-20, 1000], [-35, 2000]).fadedMs).toBeGreaterThan(1300);
  expect(heard([-20, 1000], [-26, 2000]).fadedMs).toBe(0);
  expect(heard([-20, 1000], [-35, 1500], [-20, 500]).fadedMs).toBe(0);
});

test('a voice rises when it is far above what was there before', () => {
  expect(heard([-40, 3000], [-25, 200]).risenMs).toBeGreaterThan(100);
  expect(heard([-40, 3000], [-36, 1000]).risenMs).toBe(0);
  expect(heard([-25, 3000]).risenMs).toBe(0);
});
