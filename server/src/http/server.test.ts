import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { startTestApp, type TestApp } from '../testing/app.ts';

let house: TestApp;
let demoDir: string;
beforeAll(async () => {
  demoDir = mkdtempSync(join(tmpdir(), 'parley-demo-'));
  house = await startTestApp({ server: { demoDir } });
});
afterAll(async () => {
  await house.close();
  rmSync(demoDir, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${house.url}${path}`, { headers });
const json = async (path: string): Promise<unknown> => (await get(path)).json();

test('health and readiness are told apart', async () => {
  expect(await json('/healthz')).toEqual({ status: 'ok' });
  expect(await json('/readyz')).toEqual({
    ready: true,
    media: true,
    agents: true,
    draining: false,
    overloaded: false,
  });
});

test('what the server is can be asked', async () => {
  expect(await json('/v1/info')).toMatchObject({
    name: 'parley',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    protocol: PROTOCOL_VERSION,
    engines: expect.arrayContaining([{ stage: 'asr', engine: 'fake', reason: 'a test', lite: true }]),
    limits: { rooms: 200, callersPerRoom: 8 },
  });
});

test('rooms and who is in them can be seen', async () => {
  expect(await json('/v1/rooms')).toEqual({ rooms: [] });
  const caller = await house.client();
  const { callerId } = await caller.ask('join', { room: 'lobby', displayName: 'Ada' });
  expect(await json('/v1/rooms')).toMatchObject({ rooms: [{ room: 'lobby', callers: 1, agentState: 'idle' }] });
  expect(await json('/v1/rooms/lobby')).toMatchObject({
    room: 'lobby',
    callers: [{ callerId, displayName: 'Ada', sending: false, muted: false }],
  });
  expect(await (await get('/metrics')).text()).toMatch(/^parley_callers 1$/m);
});

test('figures are given as Prometheus reads them', async () => {
  const answer = await get('/metrics');
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(await answer.text()).toContain('# TYPE parley_stage_milliseconds histogram');
});

describe('errors are problem documents', () => {
  test.each([
    ['/nowhere', 404],
    ['/v1/rooms/nobody', 404],
    [`/v1/rooms/${'x'.repeat(65)}`, 400],
    ['/%zz', 400],
    ['/../../etc/passwd', 404],
    ['/redoc/redoc.browser.lib.js', 404],
  ])('%s is %i', async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  });

  test('for methods that are not there too', async () => {
    const answer = await fetch(`${house.url}/v1/info`, { method: 'POST' });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});

describe('documentation', () => {
  test('the OpenAPI document is valid 3.1', async () => {
    const text = await (await get('/openapi.json')).text();
    const document = JSON.parse(text) as { openapi: string; paths: Record<string, { get: { operationId: string } }> };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/healthz', '/v1/info', '/v1/rooms/{room}']));
    const config = await createConfig({
      extends: ['minimal'],
      rules: { struct: 'error', 'no-invalid-schema-examples': 'error' },
    });
    const problems = await lintFromString({ source: text, config });
    expect(
      problems
        .filter(({ severity }) => severity === 'error')
        .map(({ message, location }) => [message, location[0]?.pointer]),
    ).toEqual([]);
  });

  const localAssets = async (path: string): Promise<string[]> => {
    const page = await (await get(path)).text();
    return [...page.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, url = '']) => url)
      .filter((url) => !url.startsWith('data:'));
  };

  test.each([['/docs'], ['/redoc']])('%s needs nothing from elsewhere', async (path) => {
    const answer = await get(path);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:|upgrade-insecure-requests/);
    const assets = await localAssets(path);
    expect(assets.length).toBeGreaterThan(0);
    for (const asset of assets) {
      const url = new URL(asset, `${house.url}${path}`);
      expect(url.origin).toBe(house.url);
      expect((await fetch(url)).status).toBe(200);
    }
  });
});

describe('the demo page', () => {
  test('says how to build it where it is not built', async () => {
    const answer = await get('/');
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('npm run build');
  });

  test('is served once it is there, hashed files for ever, the page itself never from a cache', async () => {
    mkdirSync(join(demoDir, 'assets'));
    writeFileSync(join(demoDir, 'index.html'), '<title>demo</title>');
    writeFileSync(join(demoDir, 'assets', 'index-abc123.js'), '1');
    const page = await get('/?room=lobby');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(await page.text()).toContain('demo');
    const asset = await get('/assets/index-abc123.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect(asset.headers.get('content-type')).toMatch(/javascript/);
  });
});

test('pages of the listed origins may read the API, others may not', async () => {
  const friendly = await startTestApp({ server: { allowedOrigins: ['https://friend.example'] } });
  try {
    const allowedFor = async (origin: string): Promise<string | null> =>
      (await fetch(`${friendly.url}/v1/info`, { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await allowedFor('https://friend.example')).toBe('https://friend.example');
    expect(await allowedFor('https://foe.example')).toBeNull();
  } finally {
    await friendly.close();
  }
});

test('every answer has the security headers', async () => {
  for (const path of ['/', '/v1/info', '/nowhere', '/docs', '/assets/index-abc123.js']) {
    const { headers } = await get(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('permissions-policy')).toContain('microphone=(self)');
  }
});

describe('with a token', () => {
  test('rooms are listed to who sends it', async () => {
    const guarded = await startTestApp({ server: { apiToken: 'open sesame' } });
    try {
      const status = async (authorization?: string): Promise<number> => {
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
        return (await fetch(`${guarded.url}/v1/rooms`, { headers })).status;
      };
      expect(await status()).toBe(401);
      expect(await status('Bearer wrong')).toBe(401);
      expect(await status('open sesame')).toBe(401);
      expect(await status('Bearer open sesame')).toBe(200);
    } finally {
      await guarded.close();
    }
  });

  test('and without one, to this machine only, where no proxy can seem to be it', async () => {
    const status = async (at: TestApp, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(`${at.url}/v1/rooms`, { headers })).status;
    expect(await status(house)).toBe(200);
    expect(await status(house, { 'x-forwarded-for': '127.0.0.1' })).toBe(401);
    const proxied = await startTestApp({ server: { trustProxy: true } });
    try {
      for (const ip of ['203.0.113.7', '127.0.0.1']) expect(await status(proxied, { 'x-forwarded-for': ip })).toBe(401);
      expect(await status(proxied)).toBe(401);
    } finally {
      await proxied.close();
    }
  });
});
