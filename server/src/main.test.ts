import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { TestClient } from './testing/client.ts';

/** Each test starts whole processes. */
jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-main-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const FREE_PORTS = { PORT: '0', PARLEY_MEDIA_PORT: '0', PARLEY_HISTORY_ENABLED: 'false' };

function start(env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [MAIN], {
    cwd: directory,
    env: { ...process.env, ...FREE_PORTS, PARLEY_DATA: join(directory, 'data'), ...env },
  });
}

/** How a start that fails ends, and what it says. */
async function failure(env: NodeJS.ProcessEnv): Promise<{ code: number | null; said: string }> {
  const child = start(env);
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

async function busyPort(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

test('a wrong configuration stops the start with every problem and no stack', async () => {
  writeFileSync(join(directory, 'wrong.yaml'), 'server:\n  prot: 1\n');
  const { code, said } = await failure({ PARLEY_CONFIG: 'wrong.yaml', PORT: 'many' });
  expect(code).toBe(1);
  expect(said).toContain('server.port (environment variable PORT)');
  expect(said).toContain('server.prot (wrong.yaml:2)');
  expect(said).not.toMatch(/^ +at /m);
});

test('a port in use stops the start and names the setting', async () => {
  const { server, port } = await busyPort();
  const http = await failure({ PORT: String(port) });
  expect(http.code).toBe(1);
  expect(http.said).toContain(`Port ${port} is in use`);
  expect(http.said).toContain(`PORT=${port + 1}`);
  const media = await failure({ PARLEY_MEDIA_PORT: String(port), PARLEY_MEDIA_LISTEN: '127.0.0.1' });
  expect(media.code).toBe(1);
  expect(media.said).toMatch(new RegExp(`Media port ${port} is in use[^]*PARLEY_MEDIA_PORT=`));
  server.close();
});

test('a missing media worker says how to get it', async () => {
  const { code, said } = await failure({ MEDIASOUP_WORKER_BIN: '/nowhere/mediasoup-worker' });
  expect(code).toBe(1);
  expect(said).toContain('npm run setup');
  expect(said).not.toMatch(/^ +at /m);
});

/** A server that logs, and where it is. */
async function running(env: NodeJS.ProcessEnv = {}): Promise<{ child: ChildProcess; url: string }> {
  const child = start(env);
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) {
    const said = JSON.parse(line) as { msg: string; url: string };
    if (said.msg === 'ready') return { child, url: said.url };
  }
  throw new Error('the server ended before it was ready');
}

test('after SIGTERM running calls go on, new ones are refused, and the end of the last call ends the process with code 0', async () => {
  const { child, url } = await running();
  const [caller, late] = [await TestClient.connect(url), await TestClient.connect(url)];
  await caller.ask('join', { room: 'lobby' });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await caller.notice('problem')).toMatchObject({
    code: 'shutting-down',
    message: expect.stringContaining('30'),
  });
  expect(await late.raw('join', {})).toMatchObject({ ok: false, error: { code: 'shutting-down' } });
  const readiness = await fetch(`${url}/readyz`);
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toMatchObject({ ready: false, draining: true });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  await caller.ask('text', { text: 'Still there?' });
  await caller.ask('leave', {});
  expect(await ended).toEqual([0, null]);
  for (const each of [caller, late]) each.close();
});

test('calls that outlast server.drainSeconds are told and ended, with code 0', async () => {
  const { child, url } = await running({ PARLEY_SERVER_DRAIN_SECONDS: '1' });
  const caller = await TestClient.connect(url);
  await caller.ask('join', { room: 'lobby' });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await caller.notice('call-ended')).toMatchObject({ reason: 'shutdown' });
  expect(await ended).toEqual([0, null]);
  caller.close();
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a %s during the wait ends it at once; callers are told, and the code is 0',
  async (signal) => {
    const { child, url } = await running({ PARLEY_SERVER_DRAIN_SECONDS: '3600' });
    const caller = await TestClient.connect(url);
    await caller.ask('join', { room: 'lobby' });
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await caller.notice('problem');
    child.kill(signal);
    expect(await caller.notice('call-ended')).toMatchObject({ reason: 'shutdown' });
    expect(await ended).toEqual([0, null]);
    caller.close();
  },
);

test('SIGINT waits for no call: callers are told, and the process ends with code 0', async () => {
  const { child, url } = await running();
  const caller = await TestClient.connect(url);
  await caller.ask('join', { room: 'lobby' });
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await caller.notice('call-ended')).toMatchObject({ reason: 'shutdown' });
  expect(await ended).toEqual([0, null]);
  caller.close();
});

test('people on a terminal read where to go and what answers', async () => {
  const child = start({ PARLEY_LOG_FORMAT: 'pretty' });
  let said = '';
  for await (const chunk of child.stdout!) {
    said += chunk;
    if (said.includes('/docs')) break;
  }
  expect(said).toMatch(/Parley \d+\.\d+\.\d+ is ready\. Open http:\/\/localhost:\d+/);
  expect(said).toMatch(/language model +\S+/);
  expect(said).toMatch(/audio +UDP and TCP port \d+/);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
