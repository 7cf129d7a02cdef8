import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { EarRtp } from '@parley/agent';
import { ManualClock } from '@parley/agent/testing';
import { createApp } from './app.ts';
import { MediaError } from './media/index.ts';
import { createLogger } from './observe/index.ts';
import { CONNECT_PATIENCE_MS } from './rooms/index.ts';
import { startTestApp, type TestApp, testConfig } from './testing/app.ts';
import type { TestClient } from './testing/client.ts';
import { FakeHost } from './testing/fake-host.ts';
import { browserEar, browserVoice, dtlsClient } from './testing/parameters.ts';

let house: TestApp;
afterEach(() => house?.close());

const quiet = createLogger({ level: 'silent', format: 'json' });

test('a caller joins, is heard by the agent, and can hear it', async () => {
  house = await startTestApp();
  const caller = await house.client();
  const joined = await caller.ask('join', { room: 'lobby', displayName: 'Ada', language: 'en', turnPreset: 'quick' });
  expect(joined).toMatchObject({ room: 'lobby', agentState: 'idle' });
  const host = await house.hosts.next();
  const session = await host.sessions.next();
  expect(session.settings).toMatchObject({ language: 'en', turnPreset: 'quick' });

  const up = await caller.ask('create-transport', { direction: 'send' });
  await caller.ask('connect-transport', { transportId: up.transportId, dtlsParameters: dtlsClient });
  await caller.ask('produce', { transportId: up.transportId, kind: 'audio', rtpParameters: browserVoice(1234) });
  const { ear } = await session.told.next<{ what: 'ear'; ear: EarRtp }>(({ what }) => what === 'ear');
  expect(ear).toMatchObject({ callerId: joined.callerId, payloadType: 111 });

  const down = await caller.ask('create-transport', { direction: 'recv' });
  const [agent] = joined.producers;
  expect(agent?.peerId).toBe('agent');
  const hear = { transportId: down.transportId, producerId: agent!.producerId, rtpCapabilities: browserEar };
  const { consumerId } = await caller.ask('consume', hear);
  await caller.ask('resume-consumer', { consumerId });
});

describe('candidates carry the address by which the caller came', () => {
  const addressesOf = async (caller: TestClient): Promise<string[]> => {
    await caller.ask('join', {});
    const { iceCandidates } = await caller.ask('create-transport', { direction: 'send' });
    expect(new Set(iceCandidates.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
    const addresses = [...new Set(iceCandidates.map(({ ip }) => ip))];
    expect(iceCandidates.map(({ protocol }) => protocol)).toEqual(addresses.flatMap(() => ['udp', 'tcp']));
    return addresses;
  };

  test.each([
    ['192.168.7.7:8000', '192.168.7.7'],
    ['[2001:db8::7]:8000', '2001:db8::7'],
    ['not-a-known-name.invalid', 'not-a-known-name.invalid'],
  ])('Host %s -> %s', async (host, address) => {
    house = await startTestApp();
    expect(await addressesOf(await house.client({ headers: { host } }))).toEqual([address]);
  });

  test('localhost is followed by addresses of this machine that are none, for Firefox', async () => {
    house = await startTestApp();
    const [first, ...others] = await addressesOf(await house.client({ headers: { host: 'localhost:8000' } }));
    expect(first).toBe('127.0.0.1');
    const outer = Object.values(networkInterfaces()).flatMap((all = []) => all.filter(({ internal }) => !internal));
    expect(outer.map(({ address }) => address)).toEqual(expect.arrayContaining(others));
    expect(others.length > 0).toBe(outer.some(({ scopeid }) => !scopeid));
  });

  test('an announced address wins', async () => {
    house = await startTestApp({ media: { announcedAddress: '203.0.113.5' } });
    expect(await addressesOf(await house.client({ headers: { host: '192.168.7.7' } }))).toEqual(['203.0.113.5']);
  });

  test('what a proxy forwards counts only where proxies are trusted', async () => {
    const headers = { host: '192.168.7.7', 'x-forwarded-host': '198.51.100.1, 10.0.0.1' };
    house = await startTestApp();
    expect(await addressesOf(await house.client({ headers }))).toEqual(['192.168.7.7']);
    await house.close();
    house = await startTestApp({ server: { trustProxy: true }, access: { demo: 'public' } });
    expect(await addressesOf(await house.client({ headers }))).toEqual(['198.51.100.1']);
  });
});

test('a caller whose media does not come through is told, and the log says what to do', async () => {
  const clock = new ManualClock();
  house = await startTestApp({}, { clock });
  const caller = await house.client();
  await caller.ask('join', {});
  const { transportId } = await caller.ask('create-transport', { direction: 'send' });
  await caller.ask('connect-transport', { transportId, dtlsParameters: dtlsClient });
  await clock.advance(CONNECT_PATIENCE_MS);
  expect(await caller.notice('problem')).toMatchObject({ code: 'media-failed', retryable: true });
  const line = await house.logged.next(({ msg }) => String(msg).includes('media.announcedAddress'));
  expect(line).toMatchObject({ level: 'warn', addresses: expect.arrayContaining(['127.0.0.1']) });
});

describe('the end', () => {
  test('callers are told, sessions closed, doors shut; closing again is the same', async () => {
    house = await startTestApp();
    const caller = await house.client();
    await caller.ask('join', { room: 'lobby' });
    const session = await (await house.hosts.next()).sessions.next();
    const gone = caller.gone();
    const [pid = 0] = house.app.workerPids;
    const closing = house.app.close();
    expect(house.app.close()).toBe(closing);
    expect(await caller.notice('call-ended')).toMatchObject({ reason: 'shutdown', rejoin: false });
    await gone;
    await closing;
    expect(session.told.waiting.at(-1)).toEqual({ what: 'close', reason: 'shutdown' });
    await expect(fetch(`${house.url}/healthz`)).rejects.toThrow();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test('an agent that does not let go holds it up for five seconds at most', async () => {
    const clock = new ManualClock();
    house = await startTestApp({}, { clock });
    const caller = await house.client();
    await caller.ask('join', { room: 'lobby' });
    const session = await (await house.hosts.next()).sessions.next();
    const close = session.close.bind(session);
    session.close = () => new Promise(() => {});
    const closing = house.app.close();
    await caller.notice('call-ended');
    // Step by step: each part of the end sets its own limit.
    for (let waited = 0; waited < 5; waited += 1) await clock.advance(1000);
    await closing;
    await close('shutdown');
    expect(await house.logged.next(({ msg }) => msg === 'not everything closed in time')).toMatchObject({
      what: 'rooms',
    });
  });
});

describe('draining', () => {
  const never = new AbortController().signal;

  test('ends with the last caller, and callers may still come to a room that runs', async () => {
    house = await startTestApp();
    const [first, second] = [await house.client(), await house.client()];
    await first.ask('join', { room: 'lobby' });
    const drained = house.app.drain(60_000, never);
    expect(await first.notice('problem')).toMatchObject({ code: 'shutting-down', retryable: false });
    expect(await second.raw('join', { room: 'elsewhere' })).toMatchObject({ error: { code: 'shutting-down' } });
    await second.ask('join', { room: 'lobby' });
    await first.ask('leave', {});
    await second.ask('leave', {});
    await drained;
  });

  test('ends when the time is over', async () => {
    const clock = new ManualClock();
    house = await startTestApp({}, { clock });
    const caller = await house.client();
    await caller.ask('join', { room: 'lobby' });
    const drained = house.app.drain(60_000, never);
    await caller.notice('problem');
    await clock.advance(60_000);
    await drained;
    expect(await house.logged.next(({ msg }) => String(msg).includes('they end now'))).toMatchObject({ callers: 1 });
  });

  test('takes no time where nobody is there', async () => {
    house = await startTestApp();
    await house.app.drain(60_000, never);
  });
});

describe('a start that fails leaves nothing running', () => {
  async function failing(start: Promise<unknown>): Promise<unknown> {
    return start.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  test('where the HTTP port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const host = new FakeHost({ engines: {} as never, tools: {} as never });
    let closed = false;
    host.close = async () => {
      closed = true;
    };
    const app = createApp(testConfig({ server: { port } }), { log: quiet, startHost: async () => host });
    expect(await failing(app.listen())).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen' });
    expect(closed).toBe(true);
    expect(app.workerPids).toEqual([]);
    other.close();
  });

  test('where the media port is in use', async () => {
    house = await startTestApp();
    const app = createApp(testConfig({ media: { port: house.mediaPorts[0] } }), {
      log: quiet,
      startHost: async (options) => new FakeHost(options),
    });
    const error = await failing(app.listen());
    expect(error).toBeInstanceOf(MediaError);
    expect(error).toMatchObject({ reason: 'port-in-use' });
  });

  test('where the agent host does not start', async () => {
    const startHost = async (): Promise<never> => {
      throw new Error('no engine');
    };
    const app = createApp(testConfig(), { log: quiet, startHost });
    expect(await failing(app.listen())).toMatchObject({ message: 'no engine' });
    expect(app.workerPids).toEqual([]);
  });
});
