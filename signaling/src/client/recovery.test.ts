import { beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.ts';
import { SignalingError } from './errors.ts';
import { RECONNECT_DEFAULTS } from './reconnect.ts';
import { Recovery } from './recovery.ts';

const broken = () => SignalingError.disconnected('transport close');
const refusal = (code: 'not-resumable' | 'room-full') => SignalingError.refused({ code, message: code });

let clock: ManualClock;
let life: AbortController;
let told: string[];
/** What becomes of each attempt, in order; after them all goes well. */
let fates: (() => void)[];
let recovery: Recovery;

beforeEach(() => {
  clock = new ManualClock();
  life = new AbortController();
  told = [];
  fates = [];
  recovery = new Recovery({
    clock,
    policy: RECONNECT_DEFAULTS,
    random: () => 1,
    onAttempt: (cause, attempt) => told.push(`${cause} ${attempt}`),
    mend: async () => fates.shift()?.(),
    onForgotten: () => told.push('forgotten'),
  });
  recovery.hold();
});

const fails = (error: SignalingError) => () => {
  throw error;
};

/** Runs it to its end, waits and all. */
async function run(cause: 'socket' | 'media' = 'socket') {
  let over = false;
  const running = recovery.run(cause, broken(), life.signal).finally(() => (over = true));
  while (!over) {
    clock.advance(RECONNECT_DEFAULTS.maxMs);
    await new Promise(setImmediate);
  }
  return running;
}

test('a connection that holds again goes on', async () => {
  fates = [fails(broken()), fails(broken())];
  expect(await run()).toBeUndefined();
  expect(told).toEqual(['socket 1', 'socket 2', 'socket 3']);
});

test('a server that knows the caller no more is told about, and tried anew', async () => {
  fates = [fails(refusal('not-resumable'))];
  expect(await run()).toBeUndefined();
  expect(told).toEqual(['socket 1', 'forgotten', 'socket 2']);
});

test('what no attempt will help ends the call at once', async () => {
  fates = [fails(refusal('room-full'))];
  expect(await run()).toMatchObject({ reason: 'refused', error: { code: 'room-full' } });
  expect(told).toEqual(['socket 1']);
});

test('a server that stays away is given up', async () => {
  fates = Array.from({ length: 100 }, () => fails(broken()));
  expect(await run()).toMatchObject({ reason: 'connection-lost', rejoin: true });
});

test('connections without audio are given up, unless audio has passed on one of them', async () => {
  await run('media');
  expect(await run('media')).toMatchObject({ reason: 'connection-lost' });
  recovery.forgive();
  expect(await run('media')).toBeUndefined();
});

test('audio that passes on an attempt that fails all the same does not end the attempts', async () => {
  fates = [
    () => {
      recovery.forgive();
      throw broken();
    },
  ];
  expect(await run()).toBeUndefined();
  expect(told).toEqual(['socket 1', 'socket 2']);
});

test('a call that is left is tried no more', async () => {
  fates = [
    () => {
      life.abort(SignalingError.closed());
      throw broken();
    },
  ];
  expect(await run()).toBeUndefined();
  expect(told).toEqual(['socket 1']);
});
