import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { startTestApp, type TestApp } from './testing/app.ts';
import type { FakeHost } from './testing/fake-host.ts';

const CALLS = 10;
/** Until what the host tells counts in full, in ms. */
const KNOWN_MS = 30_000;

const clock = new ManualClock();
let house: TestApp;
let host: FakeHost;
beforeAll(async () => {
  house = await startTestApp({ media: { workers: 1 }, agent: { threads: 1 } }, { clock });
  host = await house.hosts.next();
});
afterAll(async () => {
  await house.close();
});

const ready = async (): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(`${house.url}/readyz`);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('a server that is full refuses new calls, says so, harms none that runs, and takes calls again later', async () => {
  const running = [];
  for (let call = 0; call < CALLS; call++) {
    const caller = await house.client();
    await caller.ask('join', { room: `room-${call}` });
    running.push(caller);
  }
  expect((await ready()).status).toBe(200);

  host.pace = { busy: 0.95, lateMs: 12 };
  await clock.advance(KNOWN_MS);
  const late = await house.client();
  await expect(late.ask('join', { room: 'one-more' })).rejects.toMatchObject({ code: 'unavailable' });
  const full = await ready();
  expect(full.status).toBe(503);
  expect(full.body).toMatchObject({ ready: false, overloaded: true });
  expect(full.body.reason).toMatch(/as many calls as it can/);
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  expect(metrics).toContain('parley_overloaded 1');
  expect(metrics).toContain('parley_calls_refused_total 1');

  await running[0]?.ask('text', { text: 'Are you still there?' });
  await late.ask('join', { room: 'room-1' });

  host.pace = { busy: 0.3, lateMs: 2 };
  await clock.advance(KNOWN_MS);
  expect((await ready()).status).toBe(200);
  const welcome = await house.client();
  await welcome.ask('join', { room: 'one-more' });
});
