import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import type { Ack } from '@parley/signaling/protocol';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from './testing/app.ts';
import { FakeHost } from './testing/fake-host.ts';
import { Inbox } from './testing/inbox.ts';
import { joined } from './testing/joined.ts';
import { browserEar, browserVoice } from './testing/parameters.ts';

let house: TestApp;
afterEach(() => house.close());

const ready = async (): Promise<unknown> => (await fetch(`${house.url}/readyz`)).json();

test('a killed media worker ends the calls on it, and a new join works', async () => {
  house = await startTestApp();
  const caller = await house.client();
  await caller.ask('join', { room: 'lobby' });
  await caller.ask('create-transport', { direction: 'send' });
  const session = await (await house.hosts.next()).sessions.next();
  process.kill(house.app.workerPids[0] ?? 0, 'SIGKILL');
  expect(await caller.notice('call-ended')).toMatchObject({ reason: 'media-worker-died', rejoin: true });
  expect(await session.told.next(({ what }) => what === 'close')).toEqual({ what: 'close', reason: 'room-closed' });
  await caller.ask('join', { room: 'lobby' });
  const { iceCandidates } = await caller.ask('create-transport', { direction: 'send' });
  expect(iceCandidates[0]).toMatchObject({ ip: '127.0.0.1', protocol: 'udp' });
  expect(await ready()).toMatchObject({ ready: true, media: true, agents: true });
  expect(await (await fetch(`${house.url}/metrics`)).text()).toContain('parley_media_worker_deaths_total 1');
});

test('with two workers only the rooms of the dead one end', async () => {
  house = await startTestApp({ media: { workers: 2 } });
  const [first, second] = [await house.client(), await house.client()];
  await first.ask('join', { room: 'a' });
  await second.ask('join', { room: 'b' });
  process.kill(house.app.workerPids[0] ?? 0, 'SIGKILL');
  const dead = await Promise.race([
    first.notice('call-ended').then(() => first),
    second.notice('call-ended').then(() => second),
  ]);
  const alive = dead === first ? second : first;
  expect((await alive.raw('create-transport', { direction: 'send' })).ok).toBe(true);
  expect((await dead.raw('join', {})).ok).toBe(true);
});

test('the calls of a dead agent host are taken up by the next: callers hear it, and it knows what was said', async () => {
  house = await startTestApp();
  const { caller, callerId, session } = await joined(house);
  const { transportId } = await caller.ask('create-transport', { direction: 'send' });
  await caller.ask('produce', { transportId, kind: 'audio', rtpParameters: browserVoice(7) });
  session.emit({ type: 'transcript', turn: 1, callerId, text: 'my name is Ada', final: true });
  session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'Good to', final: false, interrupted: false });
  await caller.notice('reply-text');
  await (await house.hosts.next()).die();
  expect(await caller.notice('problem')).toMatchObject({ code: 'session-failed', retryable: true });
  expect(await caller.notice('reply-text')).toMatchObject({ text: 'Good to', final: true, interrupted: true });
  const next = await (await house.hosts.next()).sessions.next();
  expect(next.settings.past).toMatchObject({
    owed: 'rest',
    said: [{ turn: 1, user: [{ text: 'my name is Ada' }], assistant: 'Good to' }],
  });
  const { producerId } = await caller.notice('producer-added');
  expect(await caller.notice('producer-removed')).not.toEqual({ producerId });
  expect(await next.told.next(({ what }) => what === 'ear')).toMatchObject({ ear: { callerId } });
  const recv = await caller.ask('create-transport', { direction: 'recv' });
  await caller.ask('consume', { transportId: recv.transportId, producerId, rtpCapabilities: browserEar });
  await caller.ask('text', { text: 'still there?' });
  expect(await next.told.next(({ what }) => what === 'text')).toMatchObject({ text: 'still there?' });
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  expect(metrics).toContain('parley_agent_host_deaths_total 1');
  expect(metrics).toContain('parley_calls_reattached_total 1');
  expect(metrics).toContain('parley_incidents_total{incident="host-died",stage="session"} 1');
});

test('a client by PCM, whose events cannot begin anew, is told why its conversation ends', async () => {
  house = await startTestApp();
  const host = await house.hosts.next();
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/v1/realtime`);
  const got = new Inbox<{ readonly type: string; readonly error?: { readonly message: string } }>();
  socket.on('message', (data) => got.put(JSON.parse(String(data))));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'input_audio_buffer.clear' }));
  const session = await host.sessions.next();
  await session.told.next(({ what }) => what === 'line');
  await host.die();
  const { error } = await got.next(({ type }) => type === 'error');
  expect(error).toMatchObject({ code: 'session-failed', message: expect.stringContaining('no other one can') });
  expect((await closed).map(String)).toEqual(['1000', 'the call is over: agent-failed']);
});

test('while no agent host comes back, joining is refused and readiness says so', async () => {
  const clock = new ManualClock();
  let lives = 0;
  const hosts: FakeHost[] = [];
  house = await startTestApp(
    {},
    {
      clock,
      startHost: async (options) => {
        lives += 1;
        if (lives > 1) throw new Error('no engine');
        const host = new FakeHost(options);
        hosts.push(host);
        return host;
      },
    },
  );
  await hosts[0]?.die();
  expect(await ready()).toMatchObject({ ready: false, media: true, agents: false });
  const caller = await house.client();
  let ack: Ack<unknown> | undefined;
  caller.raw('join', {}).then((answer) => {
    ack = answer;
  });
  while (!ack) await clock.advance(1000);
  expect(ack).toMatchObject({ ok: false, error: { code: 'unavailable' } });
});

test('a join that waits for an agent does not hold up the end', async () => {
  const clock = new ManualClock();
  house = await startTestApp({}, { clock });
  const caller = await house.client();
  await (await house.hosts.next()).die();
  caller.socket.emit('join', {});
  // Served after the join has begun to wait, for it is another connection.
  await (await house.client()).raw('leave', {});
  await house.app.close();
});

test('an agent that cannot open a session refuses that join only', async () => {
  house = await startTestApp();
  const host = await house.hosts.next();
  const open = host.open.bind(host);
  host.open = () => Promise.reject(new Error('out of sockets'));
  const caller = await house.client();
  expect(await caller.raw('join', {})).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  host.open = open;
  expect((await caller.raw('join', {})).ok).toBe(true);
});
