import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';
import type { TestClient } from '../testing/client.ts';
import { joined } from '../testing/joined.ts';
import { browserEar, browserVoice } from '../testing/parameters.ts';

let house: TestApp;
beforeEach(async () => {
  house = await startTestApp();
});
afterEach(() => house.close());

const line = (turn: number, callerId: string, text: string) =>
  ({ type: 'transcript', turn, callerId, text, final: true }) as const;

async function entered(client: TestClient): Promise<{ secret: string; seq: number; callerId: string }> {
  const { resume, seq, callerId } = await client.ask('join', { room: 'lobby' });
  return { secret: resume.secret, seq, callerId };
}

describe('a caller whose connection breaks', () => {
  test('goes on with another: the same id, the same media', async () => {
    const { caller: other, session } = await joined(house);
    const first = await house.client();
    const { secret, seq, callerId } = await entered(first);
    const send = await first.ask('create-transport', { direction: 'send' });
    const { producerId } = await first.ask('produce', {
      transportId: send.transportId,
      kind: 'audio',
      rtpParameters: browserVoice(7),
    });
    first.close();
    expect(await other.notice('peer-changed')).toMatchObject({ peerId: callerId, away: true });
    const second = await house.client();
    const back = await second.ask('resume', { secret, seen: seq });
    expect(back).toMatchObject({ callerId, room: 'lobby', muted: false });
    expect(back.snapshot).toBeUndefined();
    expect(back.resume.secret).not.toBe(secret);
    expect(await other.notice('peer-changed')).toMatchObject({ peerId: callerId, away: false });
    // The transport and what it carries are still there.
    await second.ask('restart-ice', { transportId: send.transportId });
    const recv = await other.ask('create-transport', { direction: 'recv' });
    await other.ask('consume', { transportId: recv.transportId, producerId, rtpCapabilities: browserEar });
    await session.told.next((told) => told.what === 'away' && told.callerId === callerId);
    expect(session.told.waiting.filter(({ what }) => what === 'left' || what === 'ear-gone')).toEqual([]);
  });

  test('is told what was missed, in order, once, and nothing that was seen', async () => {
    const { caller: first, session, callerId } = await joined(house);
    session.emit(line(1, callerId, 'seen'));
    await first.notice('transcript');
    // Its own way back, and the number of what it has seen, are in the answer to join and beside each notice.
    const other = await house.client();
    const { secret, seq } = await entered(other);
    other.close();
    await first.notice('peer-changed');
    session.emit({ type: 'agent-state', state: 'thinking' });
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'No', final: false, interrupted: false });
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'Not seen', final: true, interrupted: false });
    await first.notice('reply-text');
    const second = await house.client();
    const back = await second.ask('resume', { secret, seen: seq });
    session.emit(line(2, callerId, 'new'));
    expect(await second.notice('agent-state')).toEqual({ state: 'thinking' });
    expect(await second.notice('reply-text')).toMatchObject({ text: 'Not seen' });
    expect(await second.notice('transcript')).toMatchObject({ text: 'new' });
    expect(second.notices.waiting).toEqual([]);
    expect(back.seq).toBeGreaterThan(seq);
  });

  test('gets the whole picture where its page is new, and new media in place of the old', async () => {
    const { caller: first, session, callerId, secret } = await joined(house);
    const { transportId } = await first.ask('create-transport', { direction: 'send' });
    await first.ask('produce', { transportId, kind: 'audio', rtpParameters: browserVoice(7) });
    await first.ask('mute', { muted: true });
    session.emit(line(1, callerId, 'hello'));
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'Hi', final: true, interrupted: false });
    first.close();
    await session.told.next(({ what }) => what === 'away');
    const page = await house.client();
    const back = await page.ask('resume', { secret });
    expect(back).toMatchObject({ callerId, muted: true });
    expect(back.snapshot).toMatchObject({
      captions: [
        { kind: 'transcript', text: 'hello' },
        { kind: 'reply-text', text: 'Hi' },
      ],
      peers: [],
      producers: [{ peerId: 'agent' }],
    });
    await session.told.next(({ what }) => what === 'ear-gone');
    await expect(page.ask('restart-ice', { transportId })).rejects.toMatchObject({ code: 'not-found' });
    const { transportId: next } = await page.ask('create-transport', { direction: 'send' });
    await page.ask('produce', { transportId: next, kind: 'audio', rtpParameters: browserVoice(8) });
  });

  test('may come back before the old connection is known to be lost, which is then told so', async () => {
    const { caller: first, callerId, secret, seq } = await joined(house);
    const second = await house.client();
    expect(await second.ask('resume', { secret, seen: seq })).toMatchObject({ callerId });
    expect(await first.notice('call-ended')).toMatchObject({ reason: 'taken-over', rejoin: false });
    await expect(first.ask('mute', { muted: true })).rejects.toMatchObject({ code: 'not-joined' });
    first.close();
    await second.ask('mute', { muted: true });
  });

  test('cannot come back with a secret that was used, once the next one has arrived', async () => {
    const { caller: first, secret } = await joined(house);
    first.close();
    const second = await house.client();
    await second.ask('resume', { secret });
    await second.ask('mute', { muted: true });
    const thief = await house.client();
    await expect(thief.ask('resume', { secret })).rejects.toMatchObject({ code: 'not-resumable' });
    await expect(thief.ask('resume', { secret: 'guess' })).rejects.toMatchObject({ code: 'not-resumable' });
  });

  test('has no way back after leaving', async () => {
    const { caller: first, session, secret } = await joined(house);
    await first.ask('leave', {});
    await session.told.next(({ what }) => what === 'left');
    await expect(first.ask('resume', { secret })).rejects.toMatchObject({ code: 'not-resumable' });
  });

  test('resumes from nowhere else', async () => {
    const { caller, secret } = await joined(house);
    await expect(caller.ask('resume', { secret })).rejects.toMatchObject({ code: 'already-joined' });
  });
});

test('who comes late reads what was said so far', async () => {
  const { session, callerId } = await joined(house);
  session.emit(line(1, callerId, 'hello'));
  const late = await house.client();
  const { captions, conversation } = await late.ask('join', { room: 'lobby' });
  expect(captions).toEqual([{ kind: 'transcript', turn: 1, callerId, text: 'hello', final: true }]);
  expect(conversation).toMatch(/-/);
});

test('others see who is muted', async () => {
  const { caller, callerId } = await joined(house);
  const other = await house.client();
  await other.ask('join', { room: 'lobby' });
  await caller.ask('mute', { muted: true });
  expect(await other.notice('peer-changed')).toEqual({ peerId: callerId, muted: true, away: false });
  const late = await house.client();
  expect((await late.ask('join', { room: 'lobby' })).peers).toContainEqual({
    peerId: callerId,
    muted: true,
    away: false,
  });
});
