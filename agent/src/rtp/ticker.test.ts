import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/index.ts';
import { GIVE_UP_MS, type Tick, Ticker } from './index.ts';

/** A clock that can be made to stand still: time passes, and nothing runs. */
class BlockingClock extends ManualClock {
  #blocked = 0;

  override now(): number {
    return super.now() + this.#blocked;
  }

  block(ms: number): void {
    this.#blocked += ms;
  }
}

function start(clock = new BlockingClock()): { clock: BlockingClock; ticker: Ticker; ticks: Tick[]; stop: () => void } {
  const ticker = new Ticker({ clock });
  const ticks: Tick[] = [];
  const stop = ticker.add((tick) => ticks.push(tick));
  return { clock, ticker, ticks, stop };
}

describe('a ticker', () => {
  test('beats each 20 ms on absolute deadlines', async () => {
    const { clock, ticks } = start();
    await clock.advance(100);
    expect(ticks).toEqual([1, 2, 3, 4, 5].map((index) => ({ index, due: index * 20 })));
  });

  test('does not drift when timers are late each time', async () => {
    const clock = new ManualClock();
    const lazy = { now: () => clock.now(), after: (ms: number, fn: () => void) => clock.after(ms + 1.7, fn) };
    const ticker = new Ticker({ clock: lazy });
    let count = 0;
    ticker.add(() => count++);
    await clock.advance(60_000);
    expect(count).toBe(2999);
    expect(ticker.lateness.max).toBeLessThan(2);
  });

  test('catches up after standing still, with every tick in order', async () => {
    const { clock, ticks, ticker } = start();
    await clock.advance(40);
    clock.block(110);
    await clock.advance(10);
    await clock.advance(20);
    expect(ticks.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(ticker.lateness.max).toBeGreaterThan(100);
    expect(ticker.lateness.skipped).toBe(0);
  });

  test('lets other work run before each tick that is late', async () => {
    const clock = new BlockingClock();
    const ticker = new Ticker({ clock });
    const order: string[] = [];
    ticker.add(({ index }) => order.push(`tick ${index}`));
    await clock.advance(20);
    clock.block(60);
    clock.after(20, () => order.push('packet'));
    await clock.advance(20);
    expect(order.indexOf('packet')).toBeLessThan(order.indexOf('tick 2'));
  });

  test('goes on from now after standing still for long', async () => {
    const { clock, ticks, ticker } = start();
    await clock.advance(20);
    clock.block(GIVE_UP_MS + 10_000);
    await clock.advance(60);
    expect(ticks.length).toBeLessThan(6);
    expect(ticks.at(-1)!.due).toBeGreaterThan(10_000);
    expect(ticker.lateness.skipped).toBeGreaterThan(500);
  });

  test('sleeps while nobody listens and keeps its numbers', async () => {
    const { clock, ticker, ticks, stop } = start();
    await clock.advance(20);
    stop();
    stop();
    await clock.advance(1000);
    expect(ticks.length).toBe(1);
    ticker.add((tick) => ticks.push(tick));
    await clock.advance(20);
    expect(ticks.at(-1)).toEqual({ index: 52, due: 1040 });
  });

  test('beats once for a listener that leaves and comes back within a tick', async () => {
    const clock = new ManualClock();
    const ticker = new Ticker({ clock });
    const seen: number[] = [];
    const leave = ticker.add(() => {
      leave();
      ticker.add(({ index }) => seen.push(index));
    });
    await clock.advance(100);
    expect([...new Set(seen)]).toEqual(seen);
  });

  test('goes on for the others when one listener throws', async () => {
    const clock = new ManualClock();
    const errors: unknown[] = [];
    const ticker = new Ticker({ clock, onError: (error) => errors.push(error) });
    let count = 0;
    ticker.add(() => {
      throw new Error('one is ill');
    });
    ticker.add(() => count++);
    await clock.advance(60);
    expect(count).toBe(3);
    expect(errors.length).toBe(3);
  });
});
