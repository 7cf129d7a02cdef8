import { expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { Visitors } from './visitors.ts';

test('each address has a pace of its own', async () => {
  const clock = new ManualClock();
  const visitors = new Visitors({ perSecond: 1, burst: 2 }, clock);
  expect([1, 2, 3].map(() => visitors.admit('ann'))).toEqual([true, true, false]);
  expect(visitors.admit('bob')).toBe(true);
  await clock.advance(1000);
  expect([1, 2].map(() => visitors.admit('ann'))).toEqual([true, false]);
});
