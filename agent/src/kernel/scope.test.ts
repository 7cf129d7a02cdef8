import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.ts';
import { isAbort, Scope, ScopeClosed, sleep } from './index.ts';

describe('a scope', () => {
  test('aborts its signal at once, with the reason', () => {
    const scope = new Scope('reply');
    void scope.close('barge-in');
    expect(scope.signal.aborted).toBe(true);
    expect(scope.signal.reason).toMatchObject({ reason: 'barge-in', message: 'reply closed: barge-in' });
  });

  test('closes its children with it, deepest names and all', () => {
    const room = new Scope('room');
    const reply = room.child('session').child('reply');
    void room.close('room-closed');
    expect(reply.signal.reason).toMatchObject({
      reason: 'room-closed',
      message: 'room/session/reply closed: room-closed',
    });
  });

  test('lets go of a child that closes first', async () => {
    const room = new Scope('room');
    const reply = room.child('reply');
    await reply.close('done');
    await room.close('shutdown');
    expect(reply.signal.reason).toMatchObject({ reason: 'done' });
  });

  test('runs clean-ups once, the last first, and gives every closer the same promise', async () => {
    const scope = new Scope('room');
    const ran: string[] = [];
    scope.onClose(() => void ran.push('socket'));
    scope.onClose((reason) => void ran.push(`session ${reason}`));
    const takenBack = scope.onClose(() => void ran.push('taken back'));
    takenBack();
    const closing = scope.close('peer-left');
    expect(scope.close('shutdown')).toBe(closing);
    await closing;
    expect(ran).toEqual(['session peer-left', 'socket']);
  });

  test('runs the other clean-ups when one throws, and tells of it', async () => {
    const scope = new Scope('room');
    const ran: string[] = [];
    scope.onClose(() => void ran.push('first'));
    scope.onClose(() => {
      throw new Error('broken');
    });
    await expect(scope.close('done')).rejects.toThrow('closing room');
    expect(ran).toEqual(['first']);
  });

  test('that is closed cleans up and closes children as soon as they come', () => {
    const scope = new Scope('room');
    void scope.close('done');
    const ran: string[] = [];
    scope.onClose((reason) => void ran.push(reason));
    expect(ran).toEqual(['done']);
    expect(scope.child('late').closed).toBe(true);
  });
});

describe('sleep', () => {
  test('ends with its time, or with its signal', async () => {
    const clock = new ManualClock();
    const scope = new Scope('nap');
    let woke = false;
    const first = sleep(clock, 50, scope.signal).then(() => {
      woke = true;
    });
    await clock.advance(49);
    expect(woke).toBe(false);
    await clock.advance(1);
    await first;
    const second = sleep(clock, 50, scope.signal);
    void scope.close('shutdown');
    await expect(second).rejects.toThrow(ScopeClosed);
    await expect(sleep(clock, 50, scope.signal)).rejects.toThrow(ScopeClosed);
  });
});

test('an abort is told from a failure', () => {
  expect(isAbort(new ScopeClosed('x', 'done'))).toBe(true);
  expect(isAbort(new DOMException('', 'AbortError'))).toBe(true);
  expect(isAbort(new Error('failed'))).toBe(false);
});
