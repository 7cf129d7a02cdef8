import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { MediaError, type MediaOptions, MediaWorkers, reachable } from './index.ts';

const log = pino({ level: 'silent' });
let workers: MediaWorkers;
afterEach(() => workers?.close());

function media(options: Partial<MediaOptions> = {}, onDeath?: () => void): MediaWorkers {
  workers = new MediaWorkers(
    { workers: 1, port: 0, listen: ['127.0.0.1'], logLevel: 'none', ...options },
    { log, onDeath },
  );
  return workers;
}

/** Taken, so that nobody else on this machine takes it meanwhile. */
async function takenPort() {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: (socket.address() as AddressInfo).port, free: () => socket.close() };
}

async function reasonOf(starting: Promise<void>): Promise<string> {
  return starting.then(
    () => 'started',
    (error: unknown) => (error instanceof MediaError ? error.reason : String(error)),
  );
}

test('a router gives transports with candidates on the one port, UDP and TCP', async () => {
  await media().start();
  const router = await workers.createRouter();
  const transport = await router.createCallerTransport();
  expect(transport.iceCandidates.map(({ protocol }) => protocol)).toEqual(['udp', 'tcp']);
  expect(transport.iceCandidates[0]?.port).toBe(workers.ports[0]);
  expect(router.rtpCapabilities.codecs).toHaveLength(1);
  expect(router.rtpCapabilities.codecs?.[0]).toMatchObject({ preferredPayloadType: 111, channels: 2 });
});

/** Somebody else may take one of two neighbours first: then there are others. */
async function startOnNeighbours(tries = 8): Promise<number> {
  const { port, free } = await takenPort();
  free();
  const reason = await reasonOf(media({ workers: 2, port }).start());
  if (reason === 'started') return port;
  await workers.close();
  if (reason !== 'port-in-use' || tries === 1) throw new Error(reason);
  return startOnNeighbours(tries - 1);
}

test('each worker has the next port', async () => {
  const port = await startOnNeighbours();
  expect(workers.ports).toEqual([port, port + 1]);
  expect(await reachable('127.0.0.1', port + 1)).toBe(true);
});

test('rooms are spread over the workers, even when they open together', async () => {
  await media({ workers: 2 }).start();
  const routers = await Promise.all([workers.createRouter(), workers.createRouter()]);
  const ports = await Promise.all(
    routers.map(async (router) => (await router.createCallerTransport()).iceCandidates[0]?.port),
  );
  expect([...ports].sort()).toEqual([...workers.ports].sort());
});

test('a port in use is told from other failures', async () => {
  const { port, free } = await takenPort();
  expect(await reasonOf(media({ port }).start())).toBe('port-in-use');
  free();
});

test('a port in use is noticed where sockets are shared, too', async () => {
  const { port, free } = await takenPort();
  free();
  const first = new MediaWorkers({ workers: 1, port, listen: ['0.0.0.0'], logLevel: 'none' }, { log });
  await first.start();
  expect(await reasonOf(media({ port, listen: ['0.0.0.0'] }).start())).toBe('port-in-use');
  await first.close();
});

test('an address that the machine does not have is told', async () => {
  expect(await reasonOf(media({ listen: ['203.0.113.1'] }).start())).toBe('address-unavailable');
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
(hasIpv6 ? test : test.skip)('all addresses, IPv4 and IPv6, are served on the one port', async () => {
  const { port, free } = await takenPort();
  free();
  await media({ port, listen: ['0.0.0.0', '::'] }).start();
  const router = await workers.createRouter();
  const { iceCandidates } = await router.createCallerTransport();
  expect(new Set(iceCandidates.map((candidate) => candidate.port))).toEqual(new Set([port]));
  const sockets = iceCandidates.map(({ protocol, ip }) => `${protocol} ${ip}`);
  expect(sockets).toEqual(expect.arrayContaining(['udp 0.0.0.0', 'udp 127.0.0.1', 'tcp 0.0.0.0']));
  expect(sockets).toEqual(expect.arrayContaining(['udp ::', 'udp ::1', 'tcp ::']));
  expect(await reachable('::1', port)).toBe(true);
});

test('a killed worker loses its routers, is reported, and serves again on the same port', async () => {
  const { port, free } = await takenPort();
  free();
  let deaths = 0;
  await media({ port }, () => {
    deaths += 1;
  }).start();
  const router = await workers.createRouter();
  const lost = new Promise<void>((resolve) => router.onLost(resolve));
  process.kill(workers.pids[0] ?? 0, 'SIGKILL');
  await lost;
  const next = await workers.createRouter();
  expect(deaths).toBe(1);
  expect(workers.ready).toBe(true);
  expect((await next.createCallerTransport()).iceCandidates[0]?.port).toBe(port);
});

test('closing lets the port go and can be asked for twice', async () => {
  await media().start();
  const [port = 0] = workers.ports;
  await Promise.all([workers.close(), workers.close()]);
  expect(await reachable('127.0.0.1', port)).toBe(false);
  await expect(workers.createRouter()).rejects.toMatchObject({ reason: 'unavailable' });
});
