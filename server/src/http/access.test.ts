// Who may ask over HTTP: keys, this machine, strangers, and guests of the demo.
import { request as rawRequest } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { hashOfKey } from '../access/index.ts';
import { startTestApp, type TestApp } from '../testing/app.ts';

let house: TestApp;
afterEach(() => house?.close());

const KEY = 'a key that nobody knows';
const STRANGER = { 'x-forwarded-for': '203.0.113.7' };

/** A server behind one proxy, so that a test can come from anywhere. */
const startBehindProxy = async (sections: Parameters<typeof startTestApp>[0] = {}): Promise<void> => {
  house = await startTestApp({
    ...sections,
    server: { trustProxy: true, ...sections.server },
    access: { apiKeys: [hashOfKey(KEY)], demoPassphrase: 'open sesame', ...sections.access },
  });
};

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${house.url}${path}`, { headers });

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** As a browser does that was led here by a foreign name: `fetch` would not set the Host. */
const statusFor = (path: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    rawRequest(`${house.url}${path}`, { headers }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });

interface Document {
  paths: Record<string, Record<string, { security?: unknown; responses: Record<string, unknown> }>>;
}

describe('the API', () => {
  test('asks strangers for a key on every route but those that pages need', async () => {
    await startBehindProxy();
    const { paths } = (await (await get('/openapi.json')).json()) as Document;
    const forPages = ['/healthz', '/readyz', '/v1/info', '/v1/voices', '/v1/voices/{id}/sample', '/v1/demo/token'];
    // Knows who asks by a signature.
    const open = new Set([...forPages, '/v1/telephony/twilio']);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security, responses }] of Object.entries(methods)) {
        const url = `${house.url}${path.replace(/\{\w+\}/g, 'x')}`;
        const { status } = await fetch(url, { method: method.toUpperCase(), headers: STRANGER });
        const asked = { path, method, refused: status === 401, documented: '401' in responses, secured: !!security };
        const guarded = !open.has(path);
        const isDemo = path === '/v1/demo/token';
        expect(asked).toEqual({ path, method, refused: guarded, documented: guarded || isDemo, secured: guarded });
      }
    }
  });

  test('takes a key of the configuration, and no other', async () => {
    await startBehindProxy();
    const status = async (authorization: string): Promise<number> =>
      (await get('/v1/rooms', { ...STRANGER, authorization })).status;
    expect(await status(`Bearer ${KEY}`)).toBe(200);
    expect(await status(`bearer ${KEY}`)).toBe(200);
    for (const wrong of ['Bearer', 'Bearer ', `Bearer ${KEY}x`, `Basic ${KEY}`, KEY, `Bearer ${hashOfKey(KEY)}`]) {
      expect([wrong, await status(wrong)]).toEqual([wrong, 401]);
    }
    const refused = await get('/v1/rooms', STRANGER);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refused.json()).toMatchObject({ status: 401, detail: expect.stringContaining('npm run keys') });
  });

  test('needs no key on this machine, unless a page of elsewhere asks through its browser', async () => {
    house = await startTestApp();
    const host = new URL(house.url).host;
    expect(await statusFor('/v1/rooms', {})).toBe(200);
    expect(await statusFor('/v1/rooms', { host, origin: house.url })).toBe(200);
    expect(await statusFor('/v1/rooms', { host, origin: 'https://foe.example' })).toBe(401);
    expect(await statusFor('/v1/rooms', { host, 'sec-fetch-site': 'cross-site' })).toBe(401);
    // A name of theirs that was bound to our address.
    expect(await statusFor('/v1/rooms', { host: 'foe.example:8000' })).toBe(401);
    const form = { 'content-type': 'text/plain', origin: 'https://foe.example' };
    expect((await post('/v1/tokens', { room: 'lobby' }, form)).status).toBe(401);
  });

  test('lets one key ask only so often', async () => {
    await startBehindProxy({ limits: { requestsPerMinute: 2 } });
    const ask = (ip: string): Promise<Response> =>
      get('/v1/rooms', { 'x-forwarded-for': ip, authorization: `Bearer ${KEY}` });
    expect([(await ask('203.0.113.1')).status, (await ask('203.0.113.2')).status]).toEqual([200, 200]);
    const refused = await ask('203.0.113.3');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test('lets one address ask only so often, and believes no address that it was told by the asker', async () => {
    await startBehindProxy({ limits: { requestsPerMinute: 2 } });
    const ask = async (told: string): Promise<number> =>
      (await get('/v1/info', { 'x-forwarded-for': `${told}, 203.0.113.7` })).status;
    expect([await ask('198.51.100.1'), await ask('198.51.100.2'), await ask('198.51.100.3')]).toEqual([200, 200, 429]);
  });

  test('refuses a body that is too long', async () => {
    await startBehindProxy();
    const { status } = await post('/v1/tokens', { room: 'x'.repeat(2_000_000) }, { authorization: `Bearer ${KEY}` });
    expect(status).toBe(413);
  });
});

describe('a join token', () => {
  test('is made for who has a key', async () => {
    await startBehindProxy();
    const order = { room: 'lobby', identity: 'user-7', name: 'Ada', grants: ['listen'], ttlSeconds: 60 };
    const before = Date.now();
    const answer = await post('/v1/tokens', order, { ...STRANGER, authorization: `Bearer ${KEY}` });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, expiresAt } = (await answer.json()) as { token: string; expiresAt: string };
    const [, claims = ''] = token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      room: 'lobby',
      sub: 'user-7',
      name: 'Ada',
      grants: ['listen'],
    });
    expect(Math.abs(Date.parse(expiresAt) - before - 60_000)).toBeLessThan(5000);
  });

  test('is for ten minutes and for a plain caller where nothing else is said', async () => {
    await startBehindProxy();
    const answer = await post('/v1/tokens', { room: 'lobby' }, { authorization: `Bearer ${KEY}` });
    const { token } = (await answer.json()) as { token: string };
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());
    expect(claims).toMatchObject({ grants: ['publish', 'listen', 'text'], sub: expect.stringMatching(/^[\w-]{36}$/) });
    expect(claims.exp - claims.iat).toBe(600);
  });

  test.each([
    [{}],
    [{ room: 'no/slash' }],
    [{ room: 'lobby', grants: ['everything'] }],
    [{ room: 'lobby', ttlSeconds: 0 }],
    [{ room: 'lobby', ttlSeconds: 1e9 }],
    [{ room: 'lobby', name: 'two\nlines' }],
    [{ room: 'lobby', identity: '' }],
  ])('is not made of %j', async (order) => {
    await startBehindProxy();
    expect((await post('/v1/tokens', order, { authorization: `Bearer ${KEY}` })).status).toBe(400);
  });
});

describe('the demo', () => {
  test('says how one comes in', async () => {
    house = await startTestApp();
    expect(await (await get('/v1/info')).json()).toMatchObject({ demo: 'open' });
    expect((await post('/v1/demo/token', { passphrase: 'x' })).status).toBe(403);
    expect(house.passphrase).toBeUndefined();
    await house.close();
    house = await startTestApp({ access: { bind: '0.0.0.0' } });
    expect(await (await get('/v1/info')).json()).toMatchObject({ demo: 'passphrase' });
    expect(house.passphrase).toMatch(/^[a-z2-9-]{19}$/);
  });

  test('gives a token for its passphrase, with which one joins', async () => {
    await startBehindProxy();
    const wrong = await post('/v1/demo/token', { passphrase: 'open barley' }, STRANGER);
    expect(wrong.status).toBe(401);
    const answer = await post('/v1/demo/token', { passphrase: 'open sesame', room: 'lobby' }, STRANGER);
    expect(answer.status).toBe(201);
    const { token, room } = (await answer.json()) as { token: string; room: string };
    const caller = await house.client({ headers: STRANGER });
    expect(await caller.ask('join', { token, voice: 'any' })).toMatchObject({ room });
    expect(JSON.stringify(house.logged.waiting)).not.toContain('open barley');
  });

  test('takes only so many guesses from one address', async () => {
    await startBehindProxy();
    const guess = async (): Promise<number> => (await post('/v1/demo/token', { passphrase: 'x' }, STRANGER)).status;
    for (let i = 0; i < 30; i++) expect(await guess()).toBe(401);
    expect(await guess()).toBe(429);
  });
});
