import { describe, expect, test } from '@jest/globals';
import { heardPause, noPauses, type PauseStats, typicalPauseMs } from './pause-stats.ts';

const USUAL_MS = 500;
const after = (...pauses: number[]): PauseStats => pauses.reduce(heardPause, noPauses);
const typical = (...pauses: number[]): number => typicalPauseMs(after(...pauses), USUAL_MS);

describe("a speaker's typical pause", () => {
  test('is the usual one before any was heard', () => expect(typical()).toBe(USUAL_MS));
  test('is not moved by a single long one', () => expect(typical(2800)).toBe(USUAL_MS));

  test('moves step by step to what is heard again and again', () => {
    const steps = [1, 3, 6, 15].map((count) => typical(...new Array<number>(count).fill(1000)));
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBeGreaterThan(950);
  });

  test('shrinks for a fast speaker', () => expect(typical(...new Array<number>(8).fill(280))).toBeLessThan(400));
  test('forgets what is long past', () => {
    const slowOnce = [...new Array<number>(15).fill(1500), ...new Array<number>(15).fill(400)];
    expect(typical(...slowOnce)).toBe(typical(...slowOnce.slice(15)));
  });
});

describe('the accumulator', () => {
  test('is never changed in place', () => {
    const before = after(400);
    heardPause(before, 900);
    expect(before).toEqual([400]);
  });

  test.each([0, -5, Number.NaN])('leaves %d out', (pause) => expect(after(pause)).toEqual([]));
  test('stays small and finite whatever it is given', () => {
    const stats = after(...new Array<number>(1000).fill(Number.POSITIVE_INFINITY));
    expect(stats.length).toBeLessThan(20);
    expect(typicalPauseMs(stats, USUAL_MS)).toBeLessThanOrEqual(3000);
  });
});
