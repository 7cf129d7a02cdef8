import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EarRtp, MouthRtp } from '@parley/agent';
import { sessionSettings } from '@parley/agent/testing';
import * as mediasoup from 'mediasoup';
import type { DirectTransport, Router } from 'mediasoup/types';
import { pino } from 'pino';
import { MediaWorkers, type RoomRouter } from '../media/index.ts';
import { Metrics } from '../observe/index.ts';
import type { AgentEvent, AgentPast, AgentWishes, RoomAgent } from '../rooms/index.ts';
import { FakeHost, type FakeSession } from '../testing/fake-host.ts';
import { Inbox } from '../testing/inbox.ts';
import { browserEar, browserVoice } from '../testing/parameters.ts';
import { isRtcp, payloadOf, rtpPacket, ssrcOf } from '../testing/rtp.ts';
import { seatAgent } from './seat.ts';

const settings = sessionSettings({ greeting: 'Hello', language: 'de' });

let media: MediaWorkers;
let metrics: Metrics;
let router: RoomRouter;
let agent: RoomAgent;
let session: FakeSession;
let events: Inbox<AgentEvent>;
/** Stands for the callers: packets go in and come out without DTLS. */
let direct: DirectTransport;

async function seat(wishes: AgentWishes = {}, past?: AgentPast): Promise<void> {
  const host = new FakeHost({ engines: {} as never, tools: {} as never });
  const onEvent = (event: AgentEvent): void => events.put(event);
  agent = await seatAgent(
    host,
    { room: 'lobby', router, wishes, ...(past && { past }), onEvent, onLost: () => {} },
    { settings, metrics, offered: () => host.voices() },
  );
  session = await host.sessions.next();
}

const isRtp = (packet: Buffer): boolean => !isRtcp(packet);
const earOf = async (): Promise<EarRtp> => {
  const told = await session.told.next(({ what }) => what === 'ear');
  return (told as { ear: EarRtp }).ear;
};

beforeEach(async () => {
  metrics = new Metrics();
  events = new Inbox();
  media = new MediaWorkers(
    { workers: 1, port: 0, listen: ['127.0.0.1'], logLevel: 'none' },
    { log: pino({ level: 'silent' }) },
  );
  const raw = new Promise<Router>((resolve) =>
    mediasoup.observer.once('newworker', (worker) => worker.observer.once('newrouter', resolve)),
  );
  await media.start();
  router = await media.createRouter();
  direct = await (await raw).createDirectTransport();
});

afterEach(async () => {
  await agent?.close('room-closed');
  await media.close();
  metrics.close();
});

test("a caller's packets reach the session's socket under the SSRC and payload type it was told", async () => {
  await seat();
  const caller = await direct.produce({ kind: 'audio', rtpParameters: browserVoice(1111) });
  await agent.callerProduced('ada', caller.id);
  const ear = await earOf();
  expect(ear).toMatchObject({ callerId: 'ada', payloadType: 111 });
  caller.send(rtpPacket({ ssrc: 1111, sequence: 1, payload: 'hello agent' }));
  const heard = await session.packets.next(isRtp);
  expect(ssrcOf(heard)).toBe(ear.ssrc);
  expect(heard[1]! & 0x7f).toBe(ear.payloadType);
  expect(payloadOf(heard)).toBe('hello agent');
});

test('callers share the socket and are told apart by SSRC', async () => {
  await seat();
  const ears: EarRtp[] = [];
  for (const ssrc of [1111, 2222]) {
    const caller = await direct.produce({ kind: 'audio', rtpParameters: { ...browserVoice(ssrc), mid: `${ssrc}` } });
    await agent.callerProduced(`caller-${ssrc}`, caller.id);
    ears.push(await earOf());
    caller.send(rtpPacket({ ssrc, sequence: 1, payload: `from ${ssrc}` }));
  }
  for (const { ssrc, callerId } of ears) {
    const heard = await session.packets.next((packet) => isRtp(packet) && ssrcOf(packet) === ssrc);
    expect(payloadOf(heard)).toBe(callerId.replace('caller-', 'from '));
  }
});

test("the agent's packets reach who consumes its producer", async () => {
  await seat();
  const { mouth } = (await session.told.next(({ what }) => what === 'mouth')) as { mouth: MouthRtp };
  const listener = await direct.consume({ producerId: agent.producerId, rtpCapabilities: browserEar });
  const heard = new Promise<Buffer>((resolve) => listener.once('rtp', resolve));
  session.speak(rtpPacket({ ssrc: mouth.ssrc, sequence: 1, payloadType: mouth.payloadType, payload: 'hello caller' }));
  expect(payloadOf(await heard)).toBe('hello caller');
});

test('a caller whose audio ends is taken from the session', async () => {
  await seat();
  const caller = await direct.produce({ kind: 'audio', rtpParameters: browserVoice(1111) });
  await agent.callerProduced('ada', caller.id);
  caller.close();
  expect(await session.told.next(({ what }) => what === 'ear-gone')).toEqual({ what: 'ear-gone', callerId: 'ada' });
});

test('the session learns what to call a caller, and the room when the agent answers', async () => {
  await seat();
  agent.callerJoined('ada', 'Ada');
  expect(await session.told.next(({ what }) => what === 'joined')).toMatchObject({ callerId: 'ada', name: 'Ada' });
  expect(agent.answers).toBe(settings.answers);
});

test("the caller's language and pace win over the configured ones", async () => {
  await seat({ language: 'fr', turnPreset: 'patient' });
  expect(session.settings).toMatchObject({ language: 'fr', turnPreset: 'patient' });
  await agent.close('room-closed');
  await seat();
  expect(session.settings).toMatchObject({ language: 'de', turnPreset: 'balanced' });
});

test('what the session tells reaches the room, and its figures are counted', async () => {
  await seat();
  session.emit({ type: 'turn-metrics', turn: 1, figures: { voice_to_voice: 800 } });
  session.emit({ type: 'speculation', outcome: 'adopted', tokens: 30 });
  session.emit({ type: 'incident', incident: 'silence', stage: 'llm' });
  session.emit({ type: 'error', code: 'engine-failed', stage: 'tts', message: 'no voice', retryable: true });
  expect(await events.next()).toEqual({ type: 'turn-metrics', turn: 1, figures: { voice_to_voice: 800 } });
  expect(await events.next()).toMatchObject({ type: 'error', stage: 'tts' });
  const text = await metrics.registry.metrics();
  expect(text).toContain('parley_stage_milliseconds_sum{stage="voice_to_voice"} 800');
  expect(text).toContain('parley_speculation_tokens_total{outcome="adopted"} 30');
  expect(text).toContain('parley_incidents_total{incident="silence",stage="llm"} 1');
  expect(text).toContain('parley_engine_errors_total{stage="tts",code="engine-failed"} 1');
});

test('the session speaks as the caller wishes, by a voice that is offered, and may be asked to change', async () => {
  await seat({ voice: 'fake:anna', speed: 1.2, language: 'fr' });
  expect(session.settings.prosody).toEqual({ voice: 'fake:anna', speed: 1.2, language: 'fr' });
  await agent.speakAs({ voice: 'no-such-voice', emotion: 'calm' });
  const told = await session.told.next(({ what }) => what === 'speak-as');
  expect(told).toEqual({ what: 'speak-as', speech: { prosody: { emotion: 'calm', language: 'fr' } } });
});

test('a session that takes up a call knows what was before, and has what is left of its time', async () => {
  const past = { turns: 3, replies: 2, said: [], owed: 'answer' } as const;
  await seat({ maxCallMs: 60_000 }, { ...past, elapsedMs: 45_000 });
  expect(session.settings).toMatchObject({ past, maxCallMs: 15_000 });
  await agent.close('room-closed');
  await seat({}, { ...past, elapsedMs: 45_000 });
  expect(session.settings.maxCallMs).toBe(0);
});

test('where the media cannot be wired, the session is closed again', async () => {
  const host = new FakeHost({ engines: {} as never, tools: {} as never });
  const lost = new Promise<void>((resolve) => router.onLost(resolve));
  process.kill(media.pids[0] ?? 0, 'SIGKILL');
  await lost;
  const seating = seatAgent(
    host,
    { room: 'lobby', router, wishes: {}, onEvent: () => {}, onLost: () => {} },
    { settings, metrics, offered: () => host.voices() },
  );
  await expect(seating).rejects.toMatchObject({ name: 'MediaError', reason: 'unavailable' });
  expect(host.load).toBe(0);
});
