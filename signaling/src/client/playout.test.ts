import { expect, test } from '@jest/globals';
import { playoutDelayMs, playoutTotals } from './playout.ts';

const totals = (bufferSeconds: number, bufferSamples: number, deviceSeconds = 0, deviceSamples = 0) => ({
  bufferSeconds,
  bufferSamples,
  deviceSeconds,
  deviceSamples,
});

test('the delay is the mean over what was played between two readings', () => {
  // 96,000 samples (2 s) spent 40 ms each in the buffer.
  expect(playoutDelayMs(totals(100, 48_000), totals(100 + 96_000 * 0.04, 144_000))).toBe(40);
});

test('the way from buffer to loudspeaker counts where the browser tells it', () => {
  const before = totals(0, 0, 0, 0);
  const after = totals(96_000 * 0.04, 96_000, 96_000 * 0.025, 96_000);
  expect(playoutDelayMs(before, after)).toBe(65);
});

test('there is no delay to tell while nothing is played', () => {
  expect(playoutDelayMs(totals(5, 1_000), totals(5, 1_000))).toBeUndefined();
});

test('totals come from the one inbound stream of a report', () => {
  const report = new Map<string, object>([
    ['codec', { type: 'codec' }],
    ['in', { type: 'inbound-rtp', jitterBufferDelay: 1.5, jitterBufferEmittedCount: 48_000 }],
    ['out', { type: 'media-playout', totalPlayoutDelay: 0.5, totalSamplesCount: 96_000 }],
  ]);
  expect(playoutTotals(report as unknown as RTCStatsReport)).toEqual(totals(1.5, 48_000, 0.5, 96_000));
  expect(playoutTotals(new Map() as unknown as RTCStatsReport)).toBeUndefined();
});
