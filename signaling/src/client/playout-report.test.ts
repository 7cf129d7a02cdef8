import { beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.ts';
import type { PlayoutTotals } from './playout.ts';
import { PLAYOUT_PERIOD_MS, reportPlayout } from './playout-report.ts';

let clock: ManualClock;
let told: number[];
beforeEach(() => {
  clock = new ManualClock();
  told = [];
});

const totals = (bufferSeconds: number, bufferSamples: number): PlayoutTotals => ({
  bufferSeconds,
  bufferSamples,
  deviceSeconds: 0,
  deviceSamples: 0,
});

/** Reports on readings that come one a period; `undefined` where there is none, an error where reading fails. */
function report(readings: (PlayoutTotals | Error | undefined)[]): () => void {
  const read = async () => {
    const next = readings.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  return reportPlayout({ clock, read, tell: (delayMs) => told.push(delayMs) });
}

async function pass(periods: number): Promise<void> {
  for (let i = 0; i < periods; i++) {
    clock.advance(PLAYOUT_PERIOD_MS);
    await new Promise(setImmediate);
  }
}

test('the delay of each period is told', async () => {
  report([totals(0, 0), totals(50, 1000), totals(130, 2000)]);
  await pass(3);
  expect(told).toEqual([50, 80]);
});

test('a period in which nothing was played, or nothing could be read, is passed over', async () => {
  report([totals(0, 0), totals(0, 0), undefined, new Error('gone'), totals(60, 1000)]);
  await pass(5);
  expect(told).toEqual([60]);
});

test('no more is told than the protocol takes', async () => {
  report([totals(0, 0), totals(20_000, 1000)]);
  await pass(2);
  expect(told).toEqual([10_000]);
});

test('nothing is told once it is stopped, not even what was being read', async () => {
  const stop = report([totals(0, 0), totals(50, 1000)]);
  await pass(1);
  clock.advance(PLAYOUT_PERIOD_MS);
  stop();
  await new Promise(setImmediate);
  expect(told).toEqual([]);
  expect(clock.pending).toBe(0);
});
