import { afterEach, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import type { Ack } from '@parley/signaling/protocol';
import { startTestApp, type TestApp } from './testing/app.ts';
import { FakeHost } from './testing/fake-host.ts';

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
  expect(iceCandidates).toHaveLength(2);
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

test('a dead agent host ends its calls, and a new join works', async () => {
  house = await startTestApp();
  const caller = await house.client();
  await caller.ask('join', { room: 'lobby' });
  await (await house.hosts.next()).die();
  expect(await caller.notice('call-ended')).toMatchObject({ reason: 'agent-failed', rejoin: true });
  await caller.ask('join', { room: 'lobby' });
  const next = await (await house.hosts.next()).sessions.next();
  await caller.ask('text', { text: 'still there?' });
  expect(await next.told.next(({ what }) => what === 'text')).toMatchObject({ text: 'still there?' });
  expect(await (await fetch(`${house.url}/metrics`)).text()).toContain('parley_agent_host_deaths_total 1');
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
