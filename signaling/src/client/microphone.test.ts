import { beforeEach, describe, expect, test } from '@jest/globals';
import { FakeMedia, fakeTrack } from '../testing/browser-doubles.ts';
import { listMicrophones, openMicrophone } from './devices.ts';
import { MicrophoneError } from './errors.ts';
import { Microphone } from './microphone.ts';

let media: FakeMedia;
let lost: number;
let microphone: Microphone;

beforeEach(() => {
  media = new FakeMedia();
  lost = 0;
  microphone = new Microphone({ onLost: () => lost++, media });
});

describe('opening a microphone', () => {
  test('asks for echo cancellation, noise suppression and gain control, and lays wishes over them', async () => {
    await openMicrophone({ noiseSuppression: false, deviceId: 'one' }, media);
    expect(media.asked).toEqual([
      {
        audio: {
          echoCancellation: true,
          noiseSuppression: false,
          autoGainControl: true,
          channelCount: 1,
          deviceId: 'one',
        },
      },
    ]);
  });

  test.each([
    ['NotAllowedError', 'denied'],
    ['SecurityError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['NotReadableError', 'in-use'],
    ['TypeError', 'failed'],
  ])('that fails with %s is %s', async (name, reason) => {
    media.error = Object.assign(new Error('no'), { name });
    await expect(openMicrophone({}, media)).rejects.toMatchObject({ name: 'MicrophoneError', reason });
  });

  test('on a page that is not secure says so', async () => {
    await expect(openMicrophone({}, undefined)).rejects.toMatchObject({ reason: 'insecure-context' });
  });
});

test('only microphones are listed', async () => {
  expect(await listMicrophones(media)).toEqual([{ deviceId: 'one', label: 'Desk microphone' }]);
});

describe('a microphone in a call', () => {
  test('stops the track it has opened when another takes its place', async () => {
    const first = await microphone.open(true);
    const second = await microphone.open({ deviceId: 'one' });
    expect([first.readyState, second.readyState]).toEqual(['ended', 'live']);
    expect(microphone.state).toMatchObject({ kind: 'on', label: 'Microphone 2' });
    microphone.close();
    expect(second.readyState).toBe('ended');
  });

  test('never stops a track that was handed in', async () => {
    const own = fakeTrack();
    await microphone.open(own);
    microphone.close();
    expect(own.readyState).toBe('live');
  });

  test('keeps the old one where the new one cannot be opened', async () => {
    const first = await microphone.open(true);
    media.error = Object.assign(new Error('gone'), { name: 'NotFoundError' });
    await expect(microphone.open({ deviceId: 'gone' })).rejects.toBeInstanceOf(MicrophoneError);
    expect(first.readyState).toBe('live');
    expect(microphone.state.kind).toBe('on');
  });

  test('stays muted through a switch', async () => {
    microphone.mute(true);
    const track = await microphone.open(true);
    expect(track.enabled).toBe(false);
    microphone.mute(false);
    expect(track.enabled).toBe(true);
  });

  test('that is unplugged is off, with the reason', async () => {
    const track = await microphone.open(true);
    (track as unknown as { remoteStop(): void }).remoteStop();
    expect(lost).toBe(1);
    expect(microphone.state).toMatchObject({ kind: 'off', error: { reason: 'missing' } });
  });

  test('that opens after the call was left is let go at once', async () => {
    const opening = microphone.open(true);
    microphone.close();
    await expect(opening).rejects.toMatchObject({ code: 'closed' });
    expect(media.opened[0]!.readyState).toBe('ended');
  });
});
