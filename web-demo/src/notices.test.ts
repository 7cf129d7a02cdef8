import { describe, expect, test } from '@jest/globals';
import type { CallEnd, CallState, InCall, MicrophoneError, MicrophoneProblem, SignalingError } from '@parley/signaling';
import type { Door } from './door.ts';
import { noticesOf } from './notices.ts';
import { inCall } from './testing/in-call.ts';

const ended = (reason: CallEnd['reason'], more: Partial<CallEnd> = {}): CallEnd => ({
  kind: 'ended',
  reason,
  message: 'In the words of the server',
  rejoin: true,
  ...more,
});
const noticed = (call: CallState, secure = true, door: Door = 'open') =>
  noticesOf({ call, secure, door, localAddress: 'http://localhost:8000' });
const withCode = (code: string) => ({ code }) as SignalingError;

test('a call that goes well has nothing to tell', () => {
  expect(noticed({ kind: 'idle' })).toEqual([]);
  expect(noticed({ kind: 'connecting', step: 'server' })).toEqual([]);
  expect(noticed(inCall)).toEqual([]);
  expect(noticed(ended('left'))).toEqual([]);
});

test('a call that is recorded says so as long as it lasts', () => {
  expect(noticed({ ...inCall, recording: true })).toEqual([
    expect.objectContaining({ tone: 'calm', title: 'recordingNotice' }),
  ]);
});

describe('a microphone that', () => {
  const without = (reason: MicrophoneProblem): InCall => ({
    ...inCall,
    microphone: { kind: 'off', error: { reason } as MicrophoneError },
  });

  test.each([
    ['denied', 'microphoneDenied'],
    ['missing', 'microphoneMissing'],
    ['in-use', 'microphoneInUse'],
    ['failed', 'microphoneFailed'],
  ] as const)('is %s can be tried again', (reason, title) => {
    expect(noticed(without(reason))).toEqual([expect.objectContaining({ title, action: 'retry-microphone' })]);
  });

  test('needs a secure page tells where to find one; trying again would not help', () => {
    const [notice] = noticed(without('insecure-context'), false);
    expect(notice).toMatchObject({ title: 'insecure', values: { local: 'http://localhost:8000' } });
    expect(notice!.action).toBeUndefined();
  });
});

test('a page that is not secure says so before the call', () => {
  expect(noticed({ kind: 'idle' }, false)).toEqual([expect.objectContaining({ title: 'insecure' })]);
});

test('a page that takes no calls says so', () => {
  expect(noticed({ kind: 'idle' }, true, 'off')).toEqual([expect.objectContaining({ title: 'tokensOnly' })]);
});

test.each(['unauthorized', 'forbidden'] as const)(
  'who is not let in (%s) is told why in the page’s own words',
  (code) => {
    const [notice] = noticed(ended('refused', { error: withCode(code), rejoin: false }));
    expect(notice).toMatchObject({ title: 'endRefused', text: code, detail: undefined });
  },
);

test('sound that is held back wants a click', () => {
  expect(noticed({ ...inCall, audio: 'blocked' })).toEqual([expect.objectContaining({ action: 'resume-audio' })]);
});

test('a connection that dropped says what is being done', () => {
  expect(noticed({ kind: 'reconnecting', cause: 'socket', attempt: 2 })).toEqual([
    expect.objectContaining({ text: 'reconnectingHelp', values: { attempt: 2 } }),
  ]);
  expect(noticed({ kind: 'reconnecting', cause: 'media', attempt: 1 })).toEqual([
    expect.objectContaining({ text: 'reconnectingMediaHelp' }),
  ]);
});

describe('a call that is over', () => {
  test('offers to rejoin where that makes sense', () => {
    expect(noticed(ended('agent-failed'))).toEqual([
      { key: 'ended', tone: 'error', title: 'endAgent', text: 'endRejoinHelp', action: 'rejoin' },
    ]);
    expect(noticed(ended('room-closed', { rejoin: false }))[0]).toMatchObject({ text: 'endHelp', action: undefined });
  });

  test('because no audio passes tells about the port', () => {
    expect(noticed(ended('media-failed'))[0]).toMatchObject({ title: 'endMedia', text: 'endMediaHelp' });
  });

  test.each([
    ['idle', 'endIdle'],
    ['time-limit', 'endTimeLimit'],
  ] as const)('by the agent (%s) is no failure, and can be started again', (reason, title) => {
    expect(noticed(ended(reason, { rejoin: false }))).toEqual([
      { key: 'ended', tone: 'calm', title, text: 'endByAgentHelp', action: 'start-again' },
    ]);
  });

  test('because the server refused says why, in our words or in its own', () => {
    expect(noticed(ended('refused', { error: withCode('room-full') }))[0]).toMatchObject({ text: 'roomFull' });
    expect(noticed(ended('refused', { error: withCode('bad-message') }))[0]).toMatchObject({
      title: 'endRefused',
      detail: 'In the words of the server',
    });
  });

  test('because the browser is too old says which would do', () => {
    expect(noticed(ended('refused', { error: withCode('unsupported') }))[0]).toMatchObject({ title: 'endUnsupported' });
  });
});
