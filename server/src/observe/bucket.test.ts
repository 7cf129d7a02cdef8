import { expect, test } from '@jest/globals';
import { TokenBucket } from './bucket.ts';

test('a burst passes, then as many as time brings, and never more than the burst', () => {
  let now = 0;
  const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, () => now);
  const take = (count: number): boolean[] => Array.from({ length: count }, () => bucket.take());
  expect(take(4)).toEqual([true, true, true, false]);
  now = 499;
  expect(take(1)).toEqual([false]);
  now = 500;
  expect(take(2)).toEqual([true, false]);
  now = 100_000;
  expect(take(4)).toEqual([true, true, true, false]);
});
