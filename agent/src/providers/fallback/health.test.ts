import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../../testing/index.ts';
import { Health } from './health.ts';

const clock = new ManualClock();
let changes: boolean[] = [];
const fresh = (): Health => {
  changes = [];
  return new Health({ stage: 'llm', engine: 'first', clock, onChange: ({ up }) => changes.push(up) });
};

/** Fails until it is passed over. */
function broken(): Health {
  const health = fresh();
  health.failed('unavailable');
  health.failed('unavailable');
  return health;
}

/** Lets the trial fail after this cool-down, in ms; before it there is none. */
async function failedTrial(health: Health, coolDownMs: number): Promise<void> {
  await clock.advance(coolDownMs - 1);
  expect(health.admit()).toBe(false);
  await clock.advance(1);
  expect(health.admit()).toBe(true);
  health.failed('timeout');
}

describe('an engine', () => {
  test('is passed over after two failures in a row, not after one', () => {
    const health = fresh();
    health.failed('timeout');
    health.succeeded();
    health.failed('timeout');
    expect([health.up, health.admit()]).toEqual([true, true]);
    health.failed('rate-limited');
    expect([health.up, health.admit()]).toEqual([false, false]);
    expect(changes).toEqual([false]);
  });

  test('whose key is refused is passed over at once', () => {
    const health = fresh();
    health.failed('auth');
    expect(health.up).toBe(false);
  });

  test('is not blamed for a request that nobody could do', () => {
    const health = fresh();
    for (let i = 0; i < 5; i++) {
      health.failed('bad-request');
      health.failed('unsupported');
    }
    expect(health.up).toBe(true);
  });

  test('gets one trial after the cool-down, and is back when that goes well', async () => {
    const health = broken();
    await clock.advance(14_999);
    expect(health.usable).toBe(false);
    await clock.advance(1);
    expect(health.usable).toBe(true);
    expect([health.admit(), health.admit(), health.up]).toEqual([true, false, false]);
    health.succeeded();
    expect([health.admit(), health.admit(), health.up]).toEqual([true, true, true]);
    expect(changes).toEqual([false, true]);
  });

  test('is passed over twice as long after each trial that fails, and five minutes at most', async () => {
    const health = broken();
    for (const coolDownMs of [15_000, 30_000, 60_000, 120_000, 240_000, 300_000, 300_000])
      await failedTrial(health, coolDownMs);
  });

  test('has its trial again at once where the caller left in the midst of it', async () => {
    const health = broken();
    await clock.advance(15_000);
    expect(health.admit()).toBe(true);
    health.released();
    expect([health.admit(), health.admit()]).toEqual([true, false]);
  });

  test('that was tried as a last resort is back when it did it, and no worse off when it did not', async () => {
    const health = broken();
    health.failed('unavailable');
    await clock.advance(15_000);
    expect(health.usable).toBe(true);
    const other = broken();
    other.succeeded();
    expect(other.up).toBe(true);
  });
});
