import { expect, test } from '@jest/globals';
import { Flow, type FlowFigures } from './flow.ts';

const FRAME_UNITS = 960;

/** Packets each 20 ms, so much late by their number, in ms; absent ones are lost. */
function heard(late: readonly (number | undefined)[], wasDisturbed = false): FlowFigures {
  const flow = new Flow(() => wasDisturbed);
  late.forEach((ms, i) => {
    if (ms !== undefined)
      flow.receive(1000 + i * 20 + ms, (65_530 + i) & 0xffff, (2 ** 32 - 3000 + i * FRAME_UNITS) % 2 ** 32);
  });
  return flow.figures;
}

test('packets in time are no underrun, across the ends of their numbers', () => {
  expect(heard([0, 3, 1, 40, 2, 0, 59, 0, 5, 0])).toEqual({ packets: 10, underruns: 0, disturbed: 0, lost: 0 });
});

test('packets that are late together are one underrun, and a lost one counts by itself', () => {
  expect(heard([0, 0, 100, 80, 61, 0, undefined, 0, 70, 0])).toMatchObject({ underruns: 2, lost: 1 });
});

test('what came late while the listener stood still is nobody’s fault', () => {
  expect(heard([0, 0, 100, 0], true)).toMatchObject({ underruns: 0, disturbed: 1 });
});

test('after a pause lateness is told anew', () => {
  const flow = new Flow(() => false);
  flow.receive(0, 1, 0);
  flow.receive(2000 + 200, 2, 2000 * 48);
  flow.receive(2020 + 200, 3, 2020 * 48);
  expect(flow.figures.underruns).toBe(0);
});
