import { beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { pino } from 'pino';
import { type Member, Pool } from './pool.ts';

class Worker implements Member {
  load = 0;
  closed = false;
  die: (error: Error) => void = () => {};
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }

  onDeath(fn: (error: Error) => void): void {
    this.die = fn;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

let clock: ManualClock;
let launched: Worker[];
let failing: boolean;
let mourned: Worker[];
beforeEach(() => {
  clock = new ManualClock();
  launched = [];
  mourned = [];
  failing = false;
});

const pool = (size: number): Pool<Worker> =>
  new Pool({
    what: 'a worker',
    size,
    launch: async (index) => {
      if (failing) throw new Error('no luck');
      const worker = new Worker(index);
      launched.push(worker);
      return worker;
    },
    onDeath: (worker) => mourned.push(worker),
    log: pino({ level: 'silent' }),
    clock,
  });

const self = async (worker: Worker): Promise<Worker> => worker;

test('the least loaded member is used', async () => {
  const workers = pool(3);
  await workers.start();
  const [a, b, c] = launched;
  Object.assign(a!, { load: 2 });
  Object.assign(b!, { load: 1 });
  Object.assign(c!, { load: 3 });
  expect(await workers.place(self)).toBe(b);
});

test('members that are used together are different ones', async () => {
  const workers = pool(2);
  await workers.start();
  const load = async (worker: Worker): Promise<Worker> => {
    await Promise.resolve(); // it shows late that it is used
    worker.load += 1;
    return worker;
  };
  const used = await Promise.all([workers.place(load), workers.place(load)]);
  expect(new Set(used).size).toBe(2);
});

test('a dead member is reported and starts again at once, in its own place', async () => {
  const workers = pool(2);
  await workers.start();
  launched[1]?.die(new Error('killed'));
  expect(mourned).toEqual([launched[1]]);
  expect(workers.complete).toBe(false);
  await clock.advance(0);
  expect(workers.complete).toBe(true);
  expect(launched[2]?.index).toBe(1);
});

test('one that keeps dying starts later and later', async () => {
  const workers = pool(1);
  await workers.start();
  launched[0]?.die(new Error('killed'));
  await clock.advance(0);
  launched[1]?.die(new Error('killed'));
  await clock.advance(249);
  expect(launched).toHaveLength(2);
  await clock.advance(1);
  expect(launched).toHaveLength(3);
});

test('one that lived long starts at once again', async () => {
  const workers = pool(1);
  await workers.start();
  for (let life = 0; life < 5; life += 1) {
    await clock.advance(30_000);
    launched.at(-1)?.die(new Error('killed'));
    await clock.advance(0);
    expect(workers.complete).toBe(true);
  }
});

test('one that cannot start again is tried until it can', async () => {
  const workers = pool(1);
  await workers.start();
  failing = true;
  launched[0]?.die(new Error('killed'));
  await clock.advance(5000);
  expect(workers.members).toHaveLength(0);
  failing = false;
  await clock.advance(10_000);
  expect(workers.members).toHaveLength(1);
});

test('who places while all are dead gets the next life', async () => {
  const workers = pool(1);
  await workers.start();
  launched[0]?.die(new Error('killed'));
  const placed = workers.place(self);
  await clock.advance(0);
  expect(await placed).toBe(launched[1]);
});

test('who places while none comes back is not kept waiting', async () => {
  const workers = pool(1);
  await workers.start();
  failing = true;
  launched[0]?.die(new Error('killed'));
  const placed = workers.place(self);
  await clock.advance(5000);
  expect(await placed).toBeUndefined();
});

test('where one cannot start, the others are closed and the reason is told', async () => {
  let count = 0;
  const first = new Worker(0);
  const workers = new Pool({
    what: 'a worker',
    size: 2,
    launch: async () => {
      count += 1;
      if (count === 2) throw new Error('port in use');
      return first;
    },
    log: pino({ level: 'silent' }),
    clock,
  });
  await expect(workers.start()).rejects.toThrow('port in use');
  expect(first.closed).toBe(true);
});

test('a renewed pool places on new members, and closes each old one when it carries nothing more', async () => {
  const workers = pool(2);
  await workers.start();
  const [busy, idle] = launched;
  Object.assign(busy!, { load: 1 });
  await workers.renew();
  expect(launched.slice(2).map(({ index }) => index)).toEqual([0, 1]);
  expect(workers.members).toEqual(launched.slice(2));
  await clock.advance(1000);
  expect([busy?.closed, idle?.closed]).toEqual([false, true]);
  expect(workers.retiring).toEqual([busy]);
  Object.assign(busy!, { load: 0 });
  await clock.advance(1000);
  expect(busy?.closed).toBe(true);
});

test('an old member that dies is reported and not started again', async () => {
  const workers = pool(1);
  await workers.start();
  Object.assign(launched[0]!, { load: 1 });
  await workers.renew();
  launched[0]?.die(new Error('killed'));
  expect(mourned).toEqual([launched[0]]);
  await clock.advance(60_000);
  expect(launched).toHaveLength(2);
  expect(workers.complete).toBe(true);
});

test('where a new member cannot start, the old ones go on', async () => {
  const workers = pool(2);
  await workers.start();
  failing = true;
  await expect(workers.renew()).rejects.toThrow('no luck');
  expect(workers.members).toEqual(launched);
  await workers.close();
});

test('closing closes old and new members', async () => {
  const workers = pool(1);
  await workers.start();
  Object.assign(launched[0]!, { load: 1 });
  await workers.renew();
  await workers.close();
  expect(launched.map(({ closed }) => closed)).toEqual([true, true]);
});

test('closing closes all, once, and starts none again', async () => {
  const workers = pool(2);
  await workers.start();
  launched[0]?.die(new Error('killed'));
  const closing = workers.close();
  expect(workers.close()).toBe(closing);
  await closing;
  await clock.advance(60_000);
  expect(launched).toHaveLength(2);
  expect(launched[1]?.closed).toBe(true);
  expect(await workers.place(self)).toBeUndefined();
});
