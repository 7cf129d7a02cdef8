import { afterEach, expect, test } from '@jest/globals';
import type { EarRtp } from '@parley/agent';
import { startTestApp, type TestApp } from './testing/app.ts';
import { browserEar, browserVoice, dtlsClient } from './testing/parameters.ts';

let house: TestApp;
afterEach(() => house.close());

test('a caller joins, gets its transports, is heard by the agent and hears it', async () => {
  house = await startTestApp();
  const caller = await house.client();
  const joined = await caller.ask('join', { room: 'lobby', displayName: 'Ada', language: 'en' });
  expect(joined).toMatchObject({ room: 'lobby', agentState: 'idle' });
  const host = await house.hosts.next();
  const session = await host.sessions.next();
  expect(session.settings.language).toBe('en');

  const up = await caller.ask('create-transport', { direction: 'send' });
  expect(up.iceCandidates.map(({ ip, protocol }) => [ip, protocol])).toEqual([
    ['127.0.0.1', 'udp'],
    ['127.0.0.1', 'tcp'],
  ]);
  await caller.ask('connect-transport', { transportId: up.transportId, dtlsParameters: dtlsClient });
  await caller.ask('produce', { transportId: up.transportId, kind: 'audio', rtpParameters: browserVoice(1234) });
  const { ear } = await session.told.next<{ what: 'ear'; ear: EarRtp }>(({ what }) => what === 'ear');
  expect(ear).toMatchObject({ callerId: joined.callerId, payloadType: 111 });

  const down = await caller.ask('create-transport', { direction: 'recv' });
  const [agent] = joined.producers;
  expect(agent?.peerId).toBe('agent');
  const consumer = await caller.ask('consume', {
    transportId: down.transportId,
    producerId: agent?.producerId ?? '',
    rtpCapabilities: browserEar,
  });
  await caller.ask('resume-consumer', { consumerId: consumer.consumerId });
  await caller.ask('leave', {});
  await session.told.next(({ what }) => what === 'ear-gone');
});
