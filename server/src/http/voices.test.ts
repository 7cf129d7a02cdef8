import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';
import type { FakeHost } from '../testing/fake-host.ts';

const FRIEND = 'https://friend.example';

let house: TestApp;
let host: FakeHost;
let visitor = 0;
beforeAll(async () => {
  house = await startTestApp({ server: { allowedOrigins: [FRIEND], trustProxy: true } });
  host = await house.hosts.next();
});
afterAll(() => house.close());
/** Each test comes from an address of its own. */
beforeEach(() => {
  visitor++;
});

function get(path: string, { headers = {}, ...options }: RequestInit & { headers?: Record<string, string> } = {}) {
  return fetch(`${house.url}${path}`, { ...options, headers: { 'x-forwarded-for': `192.0.2.${visitor}`, ...headers } });
}

test('the voices are listed with what they can do', async () => {
  expect(await (await get('/v1/voices')).json()).toEqual({
    voices: [
      { id: 'fake:anna', name: 'Anna', language: 'de-DE', gender: 'female', engine: 'fake', emotions: ['happy'] },
      { id: 'fake:all', name: 'All', language: 'mul', engine: 'fake', emotions: [] },
    ],
  });
});

describe('a sample', () => {
  test('is a WAV of the voice, spoken as it was asked for, and made once', async () => {
    const path = '/v1/voices/fake%3Aanna/sample?text=Guten%20Tag&emotion=happy&speed=1.5&pitch=0.8';
    const asked = get(path);
    const { order, letGo } = await host.samples.next();
    expect(order).toEqual({
      text: 'Guten Tag',
      emotion: 'happy',
      speed: 1.5,
      pitch: 0.8,
      voice: 'fake:anna',
      language: 'de-DE',
    });
    letGo();
    const answer = await asked;
    expect(answer.headers.get('content-type')).toBe('audio/wav');
    expect(answer.headers.get('cache-control')).toMatch(/max-age=\d+/);
    expect((await answer.arrayBuffer()).byteLength).toBe(44 + 2 * 90);
    // It is at hand: nobody is asked.
    expect((await get(path)).status).toBe(200);
  });

  test('of a voice for every language leaves the language open, and so does one without a text', async () => {
    const asked = get('/v1/voices/fake:all/sample');
    const { order, letGo } = await host.samples.next();
    expect(order).toEqual({ voice: 'fake:all' });
    letGo();
    await asked;
  });

  test('is given up when the client goes away', async () => {
    const leaving = new AbortController();
    const asked = get('/v1/voices/fake:anna/sample?text=Never', { signal: leaving.signal });
    const { signal } = await host.samples.next();
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await aborted;
  });

  test.each([
    ['/v1/voices/nobody/sample', 404],
    [`/v1/voices/fake:anna/sample?text=${'x'.repeat(201)}`, 400],
    ['/v1/voices/fake:anna/sample?text=%20', 400],
    ['/v1/voices/fake:anna/sample?emotion=hungry', 400],
    ['/v1/voices/fake:anna/sample?speed=99', 400],
    ['/v1/voices/fake:anna/sample?speed=fast', 400],
    ['/v1/voices/fake:anna/sample?language=../..', 400],
  ])('%s is refused with %i', async (path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  test('is made for pages of this site and of those that may connect', async () => {
    const path = '/v1/voices/fake:anna/sample?text=Who%20asks';
    const from = (headers: Record<string, string>): Promise<Response> => get(path, { headers });
    const own = from({ 'sec-fetch-site': 'same-origin' });
    (await host.samples.next()).letGo();
    expect((await own).status).toBe(200);
    const friend = await from({ 'sec-fetch-site': 'cross-site', origin: FRIEND });
    expect([friend.status, friend.headers.get('access-control-allow-origin')]).toEqual([200, FRIEND]);
    expect((await from({ 'sec-fetch-site': 'cross-site', origin: 'https://foe.example' })).status).toBe(403);
    expect((await from({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('is not made for one address without end', async () => {
    const asked = Array.from({ length: 14 }, (_, i) => get(`/v1/voices/fake:anna/sample?text=number%20${i}`));
    for (let i = 0; i < 12; i++) (await host.samples.next(({ order }) => /^number/.test(order.text ?? ''))).letGo();
    const answers = await Promise.all(asked);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(2);
    expect(refused[0]?.headers.get('retry-after')).toBe('2');
  });
});
