import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { createLogger } from '../observe/index.ts';
import { Admission, type Paces } from './admission.ts';

const MAX_LOAD = 0.8;
const log = createLogger({ level: 'debug', format: 'json' }, { write: () => {} });

let clock: ManualClock;
let paces: Paces;
let refused: number;
let calls: number;
let admission: Admission;

beforeEach(() => {
  clock = new ManualClock();
  paces = { mainLateMs: 0, agents: [{ busy: 0, lateMs: 0, sessions: 0 }] };
  refused = 0;
  calls = 0;
  admission = make(MAX_LOAD);
});
afterEach(() => admission.close());

function make(maxLoad: number): Admission {
  const onRefused = (): void => {
    refused++;
  };
  const made = new Admission({ maxLoad, clock, log, read: () => paces, calls: () => calls, onRefused });
  made.start();
  return made;
}

/** One thread that is so busy and so late with so many calls, until that is known. */
async function carrying(sessions: number, busy: number, lateMs = 0): Promise<void> {
  paces = { mainLateMs: 0, agents: [{ busy, lateMs, sessions }] };
  calls = sessions;
  await clock.advance(30_000);
}

describe('calls are taken', () => {
  test('on an idle server', () => {
    expect(admission.admit()).toBeUndefined();
  });

  test('while the threads keep up', async () => {
    await carrying(40, 0.6, 8);
    expect(admission.admit()).toBeUndefined();
  });

  test('however slow the machine is, where there are hardly any', async () => {
    await carrying(3, 1, 90);
    expect(admission.admit()).toBeUndefined();
  });

  test('always, where no limit is set', async () => {
    admission = make(0);
    await carrying(100, 1, 90);
    expect(admission.admit()).toBeUndefined();
  });

  test('however many come and go in a moment', () => {
    for (let call = 0; call < 500; call++) expect(admission.admit()).toBeUndefined();
  });

  test('after one bad second', async () => {
    await carrying(40, 0.5);
    paces = { mainLateMs: 900, agents: [{ busy: 1, lateMs: 60, sessions: 40 }] };
    await clock.advance(1000);
    expect(admission.admit()).toBeUndefined();
  });
});

describe('calls are refused', () => {
  test('when a thread that hears and speaks has hardly any time left', async () => {
    await carrying(60, 0.85);
    expect(admission.admit()).toMatch(/as many calls as it can/);
    expect(refused).toBe(1);
  });

  test('when its ticks come late, busy or not', async () => {
    await carrying(20, 0.3, 35);
    expect(admission.overload).toBeDefined();
  });

  test('when signaling is late', async () => {
    calls = 20;
    paces = { mainLateMs: 180, agents: [{ busy: 0.3, lateMs: 2, sessions: 20 }] };
    await clock.advance(30_000);
    expect(admission.overload).toBeDefined();
  });

  test('when the worst of several threads is full', async () => {
    calls = 65;
    const idle = { busy: 0.1, lateMs: 1, sessions: 5 };
    paces = { mainLateMs: 0, agents: [idle, { busy: 0.95, lateMs: 5, sessions: 60 }] };
    await clock.advance(30_000);
    expect(admission.overload).toBeDefined();
  });

  test('when so many come at once that they would fill it, before they are measured', async () => {
    await carrying(60, 0.6);
    let taken = 0;
    while (taken < 200 && admission.admit() === undefined) {
      taken++;
      calls++;
    }
    // One takes 0.01 of the thread, and 0.2 is left.
    expect(taken).toBeGreaterThan(15);
    expect(taken).toBeLessThan(25);
    await clock.advance(6000);
    expect(admission.admit()).toBeUndefined();
  });
});

test('once refused, calls are taken again only when the load has fallen well below the limit', async () => {
  await carrying(60, 0.85);
  await carrying(55, 0.75);
  expect(admission.overload).toBeDefined();
  await carrying(48, 0.65);
  expect(admission.overload).toBeUndefined();
  await carrying(55, 0.75);
  expect(admission.overload).toBeUndefined();
});

test('how many calls fit is told by what those take that are there', async () => {
  await carrying(30, 0.4);
  expect(admission.load).toBeCloseTo(0.4);
  expect(admission.capacity).toBeGreaterThanOrEqual(59);
  expect(admission.capacity).toBeLessThanOrEqual(61);
});
