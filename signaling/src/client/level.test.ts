import { expect, test } from '@jest/globals';
import { levelOf } from './level.ts';

const sine = (amplitude: number) => Float32Array.from({ length: 1024 }, (_, i) => amplitude * Math.sin(i / 5));

test('silence is 0 and a full sine is 1', () => {
  expect(levelOf(new Float32Array(1024))).toBe(0);
  expect(levelOf(sine(1))).toBe(1);
});

test('the level follows loudness as people hear it: equal steps for equal ratios', () => {
  const steps = [0.01, 0.04, 0.16].map((amplitude) => levelOf(sine(amplitude)));
  expect(steps[1]! - steps[0]!).toBeCloseTo(steps[2]! - steps[1]!, 2);
  expect(steps[0]).toBeGreaterThan(0.2);
  expect(steps[2]).toBeLessThan(1);
});
