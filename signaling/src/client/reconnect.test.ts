import { describe, expect, test } from '@jest/globals';
import { afterLoss, nextAttempt, type Outage, RECONNECT_DEFAULTS } from './reconnect.ts';

const policy = { ...RECONNECT_DEFAULTS, firstMs: 100, maxMs: 1_000, giveUpMs: 10_000 };
const fresh = afterLoss(undefined, { cause: 'socket', now: 0, heldMs: 60_000 }, policy);

function waits(random: number, attempts: number): number[] {
  const found: number[] = [];
  for (let outage: Outage = fresh; found.length < attempts; ) {
    const step = nextAttempt(outage, { now: 0, random }, policy);
    if (step.kind === 'give-up') break;
    found.push(step.ms);
    outage = step.outage;
  }
  return found;
}

describe('the wait before another attempt', () => {
  test('doubles up to its longest', () => {
    expect(waits(1, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('is spread over its second half, so that callers do not come back all at once', () => {
    expect(waits(0, 3)).toEqual([50, 100, 200]);
    expect(waits(0.5, 3)).toEqual([75, 150, 300]);
  });

  test('never reaches past the moment of giving up', () => {
    const late = { since: 0, attempts: 9, silentLinks: 0 };
    expect(nextAttempt(late, { now: 9_900, random: 1 }, policy)).toMatchObject({ kind: 'wait', ms: 100 });
  });
});

describe('giving up', () => {
  test('comes a set time after the connection was last good', () => {
    expect(nextAttempt(fresh, { now: 9_999, random: 0 }, policy).kind).toBe('wait');
    expect(nextAttempt(fresh, { now: 10_000, random: 0 }, policy).kind).toBe('give-up');
  });

  test('comes at once after two connections on which no audio passed', () => {
    const first = afterLoss(undefined, { cause: 'media', now: 12_000, heldMs: 12_000 }, policy);
    expect(nextAttempt(first, { now: 12_000, random: 0 }, policy).kind).toBe('wait');
    const second = afterLoss(first, { cause: 'media', now: 14_000, heldMs: 1_000 }, policy);
    expect(nextAttempt(second, { now: 14_000, random: 0 }, policy).kind).toBe('give-up');
  });
});

test('a connection that held long enough starts the count anew', () => {
  const tired: Outage = { since: 0, attempts: 5, silentLinks: 0 };
  expect(afterLoss(tired, { cause: 'socket', now: 50_000, heldMs: 100 }, policy)).toMatchObject({
    since: 0,
    attempts: 5,
  });
  expect(afterLoss(tired, { cause: 'socket', now: 50_000, heldMs: policy.goodMs }, policy)).toEqual({
    since: 50_000,
    attempts: 0,
    silentLinks: 0,
  });
});
