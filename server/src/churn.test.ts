import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { observer } from 'mediasoup';
import { startTestApp, type TestApp } from './testing/app.ts';
import type { FakeHost } from './testing/fake-host.ts';
import { browserEar, browserVoice } from './testing/parameters.ts';

const JOINS = 200;
/** Of all calls together, in bytes: a room that stayed would hold 20 kB. */
const MOST_GROWTH = 2e6;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What mediasoup holds, of each kind. */
const live = { routers: 0, transports: 0, producers: 0, consumers: 0 };
function count(
  kind: keyof typeof live,
  { observer: watched }: { observer: { on(e: 'close', f: () => void): unknown } },
): void {
  live[kind]++;
  watched.on('close', () => live[kind]--);
}
observer.on('newworker', (worker) =>
  worker.observer.on('newrouter', (router) => {
    count('routers', router);
    router.observer.on('newtransport', (transport) => {
      count('transports', transport);
      transport.observer.on('newproducer', (producer) => count('producers', producer));
      transport.observer.on('newconsumer', (consumer) => count('consumers', consumer));
    });
  }),
);

let house: TestApp;
let host: FakeHost;
beforeAll(async () => {
  house = await startTestApp({ limits: { emptyRoomMs: 0, resumeMs: 50 }, media: { workers: 1 } });
  host = await house.hosts.next();
});
afterAll(() => house.close());

/** One caller from coming to going; every third one just disappears. */
async function visit(i: number): Promise<void> {
  const caller = await house.client();
  const { producers } = await caller.ask('join', {});
  const send = await caller.ask('create-transport', { direction: 'send' });
  const recv = await caller.ask('create-transport', { direction: 'recv' });
  const rtpParameters = browserVoice(1000 + i);
  await caller.ask('produce', { transportId: send.transportId, kind: 'audio', rtpParameters });
  const producerId = producers[0]?.producerId ?? '';
  await caller.ask('consume', { transportId: recv.transportId, producerId, rtpCapabilities: browserEar });
  if (i % 3 > 0) await caller.ask('leave', {});
  caller.close();
  // The doubles keep what nobody asks for.
  host.sessions.clear();
  house.logged.clear();
}

async function gauge(name: string): Promise<number> {
  const metrics = await (await fetch(`${house.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
}

/** Waits until the last room has ended. */
async function quiet(): Promise<void> {
  while ((await gauge('parley_rooms')) > 0 || (await gauge('parley_agent_sessions')) > 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

function memoryHeld(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function held(): Promise<{ files: number; threads: number; bytes: number }> {
  await quiet();
  collect();
  collect();
  const entries = (folder: string): number => readdirSync(`/proc/self/${folder}`).length;
  return { files: entries('fd'), threads: entries('task'), bytes: memoryHeld() };
}

(process.platform === 'linux' ? test : test.skip)(
  `${JOINS} callers who come and go, some without a word, leave nothing behind`,
  async () => {
    for (let i = 0; i < JOINS / 4; i++) await visit(i);
    const before = await held();
    for (let i = 0; i < JOINS; i++) await visit(i);
    const after = await held();
    // Sockets of the test's own clients close a moment later.
    expect(after.files).toBeLessThanOrEqual(before.files + 3);
    expect(after.threads).toBe(before.threads);
    expect(after.bytes - before.bytes).toBeLessThan(MOST_GROWTH);
    expect(live).toEqual({ routers: 0, transports: 0, producers: 0, consumers: 0 });
  },
  120_000,
);
