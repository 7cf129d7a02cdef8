import { describe, expect, test } from '@jest/globals';
import { abortable, Channel, raceAbort, Scope } from './index.ts';

async function drain<T>(channel: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of channel) items.push(item);
  return items;
}

describe('a channel', () => {
  test('gives what was pushed in order, also to a reader that came first, and ends', async () => {
    const channel = new Channel<number>({ capacity: 10, overflow: 'fail' });
    const reading = drain(channel);
    for (const n of [1, 2, 3]) channel.push(n);
    await Promise.resolve();
    channel.push(4);
    channel.end();
    expect(await reading).toEqual([1, 2, 3, 4]);
    expect(channel.push(5)).toBe(false);
  });

  test.each([
    ['drop-oldest', [2, 3], [true, true, true]],
    ['drop-newest', [1, 2], [true, true, false]],
  ] as const)('that is full and set to %s does just that, and says so', async (overflow, kept, taken) => {
    let dropped = 0;
    const channel = new Channel<number>({ capacity: 2, overflow, onDrop: () => dropped++ });
    expect([1, 2, 3].map((n) => channel.push(n))).toEqual(taken);
    channel.end();
    expect(await drain(channel)).toEqual(kept);
    expect(dropped).toBe(1);
  });

  test('that is full and set to fail throws at its reader', async () => {
    const channel = new Channel<number>({ capacity: 1, overflow: 'fail' });
    channel.push(1);
    channel.push(2);
    await expect(drain(channel)).rejects.toThrow('overflow');
  });

  test('has one reader, and takes nothing after that reader left', async () => {
    const channel = new Channel<number>({ capacity: 5, overflow: 'fail' });
    channel.push(1);
    for await (const _ of channel) break;
    expect(channel.push(2)).toBe(false);
    await expect(drain(channel)).rejects.toThrow('one reader');
  });

  test('without room for anything is refused', () => {
    expect(() => new Channel({ capacity: 0, overflow: 'fail' })).toThrow(RangeError);
  });
});

describe('an abortable source', () => {
  const stuck = async function* (): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => {});
  };

  test('throws the reason although the source is parked for ever', async () => {
    const scope = new Scope('reply');
    const seen: number[] = [];
    const reading = (async () => {
      for await (const n of abortable(stuck(), scope.signal)) seen.push(n);
    })();
    await new Promise((resolve) => setImmediate(resolve));
    void scope.close('barge-in');
    await expect(reading).rejects.toMatchObject({ reason: 'barge-in' });
    expect(seen).toEqual([1]);
  });

  test('is not finished when the signal was aborted with its last item', async () => {
    const scope = new Scope('reply');
    const source = async function* () {
      yield 1;
      void scope.close('superseded');
    };
    await expect(drain(abortable(source(), scope.signal))).rejects.toMatchObject({ reason: 'superseded' });
  });

  test('asks the source to return when its reader leaves', async () => {
    let returned = false;
    const source = async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        returned = true;
      }
    };
    for await (const _ of abortable(source(), new AbortController().signal)) break;
    await Promise.resolve();
    expect(returned).toBe(true);
  });

  test('a race leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = (
      (add) =>
      (...args: Parameters<typeof add>) => {
        listeners++;
        add.apply(signal, args);
      }
    )(signal.addEventListener);
    signal.removeEventListener = (
      (remove) =>
      (...args: Parameters<typeof remove>) => {
        listeners--;
        remove.apply(signal, args);
      }
    )(signal.removeEventListener);
    for (let i = 0; i < 100; i++) await raceAbort(Promise.resolve(i), signal);
    await expect(raceAbort(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
    expect(listeners).toBe(0);
  });
});
