import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.ts';
import { IceGuard } from './ice-guard.ts';

let clock: ManualClock;
let guard: IceGuard;
let restartFails: boolean;
const log: string[] = [];
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  clock = new ManualClock();
  log.length = 0;
  restartFails = false;
  guard = new IceGuard({
    clock,
    restart: async (direction) => {
      log.push(`restart ${direction}`);
      if (restartFails) throw new Error('refused');
    },
    onHealth: (health) => log.push(health),
  });
});

function connect(): void {
  for (const state of ['connecting', 'connected'] as const) {
    guard.handleState('recv', state);
    guard.handleState('send', state);
  }
  log.length = 0;
}

describe('a first connection', () => {
  test('is told when both ways stand', () => {
    guard.handleState('recv', 'connecting');
    guard.handleState('send', 'connecting');
    guard.handleState('recv', 'connected');
    expect(log).toEqual([]);
    guard.handleState('send', 'connected');
    expect(log).toEqual(['connected']);
    expect(clock.pending).toBe(0);
  });

  test('that takes too long is lost, and so is one that fails', () => {
    guard.handleState('recv', 'connecting');
    clock.advance(12_000);
    expect(log).toEqual(['lost']);
    guard.handleState('recv', 'failed');
    expect(log).toEqual(['lost']);
  });
});

describe('a path that wavers', () => {
  test('is left alone when it comes back by itself', () => {
    connect();
    guard.handleState('recv', 'disconnected');
    clock.advance(2_000);
    guard.handleState('recv', 'connected');
    clock.advance(60_000);
    expect(log).toEqual(['connected']);
  });

  test('is restarted both ways after a moment of grace', () => {
    connect();
    guard.handleState('recv', 'disconnected');
    clock.advance(2_500);
    expect(log).toEqual(['restarting', 'restart recv', 'restart send']);
    guard.handleState('recv', 'connected');
    expect(log.at(-1)).toBe('connected');
    expect(clock.pending).toBe(0);
  });
});

describe('a path that failed', () => {
  test('is restarted at once, and the other way failing too does not start it again', () => {
    connect();
    guard.handleState('recv', 'failed');
    guard.handleState('send', 'failed');
    expect(log).toEqual(['restarting', 'restart recv', 'restart send']);
  });

  test('is lost when the restart does not help in time', () => {
    connect();
    guard.handleState('recv', 'failed');
    clock.advance(8_000);
    expect(log.at(-1)).toBe('lost');
  });

  test('is lost when the server refuses the restart', async () => {
    connect();
    restartFails = true;
    guard.handleState('recv', 'failed');
    await settled();
    expect(log.filter((each) => each === 'lost')).toEqual(['lost']);
  });
});

test('says nothing once it is closed', () => {
  connect();
  guard.handleState('recv', 'disconnected');
  guard.close();
  clock.advance(60_000);
  guard.handleState('recv', 'failed');
  expect(log).toEqual([]);
});

describe('while signaling is away', () => {
  beforeEach(() => {
    connect();
    guard.pause();
  });

  test('nothing is restarted, and a path that held is left alone', async () => {
    clock.advance(60_000);
    guard.resume({ moved: false });
    await settled();
    expect(log).toEqual(['connected']);
  });

  test('a path that broke is restarted when it is back', async () => {
    guard.handleState('recv', 'failed');
    clock.advance(60_000);
    expect(log).toEqual([]);
    guard.resume({ moved: false });
    expect(guard.restarting).toBe(true);
    await settled();
    guard.handleState('recv', 'connected');
    expect(log).toEqual(['restarting', 'restart recv', 'restart send', 'connected']);
  });

  test('one by another network looks for another path, though the old one is not known to be broken', async () => {
    guard.resume({ moved: true });
    await settled();
    expect(log).toEqual(['restarting', 'restart recv', 'restart send', 'connected']);
    expect(guard.restarting).toBe(false);
  });
});
