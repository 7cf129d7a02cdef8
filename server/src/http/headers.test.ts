import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';

let house: TestApp;
beforeAll(async () => {
  house = await startTestApp({ server: { allowedOrigins: ['https://friend.example'] } });
});
afterAll(() => house.close());

const headersOf = async (path: string, headers: Record<string, string> = {}): Promise<Headers> =>
  (await fetch(`${house.url}${path}`, { headers })).headers;

const policyOf = (headers: Headers): Map<string, string> =>
  new Map(
    (headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
      const [name = '', ...sources] = rule.split(' ');
      return [name, sources.join(' ')];
    }),
  );

describe('every page', () => {
  test.each(['/', '/docs', '/redoc', '/v1/info', '/nowhere'])(
    '%s runs no script but ours and shows in no foreign frame',
    async (path) => {
      const policy = policyOf(await headersOf(path));
      const scripts = policy.get('script-src') ?? policy.get('default-src');
      expect(scripts).toBe("'self'");
      expect(policy.get('object-src')).toBe("'none'");
      expect(policy.get('base-uri')).toBe("'self'");
      expect(policy.get('frame-ancestors')).toBe("'self'");
    },
  );

  test('is taken for nothing but what it is, and tells other sites nothing', async () => {
    const headers = await headersOf('/');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toMatch(/microphone=\(self\), camera=\(\)/);
  });
});

test('no page of elsewhere may ask with cookies or logins of its visitors', async () => {
  const headers = await headersOf('/v1/info', { origin: 'https://friend.example' });
  expect(headers.get('access-control-allow-origin')).toBe('https://friend.example');
  expect(headers.get('access-control-allow-credentials')).toBeNull();
});

test('a request that comes drop by drop is ended', async () => {
  const servers = new Set<Server>();
  const note = (message: unknown): void => {
    servers.add((message as { server: Server }).server);
  };
  subscribe('http.server.request.start', note);
  await headersOf('/healthz');
  unsubscribe('http.server.request.start', note);
  const [server] = servers;
  expect(server!.requestTimeout).toBe(30_000);
  expect(server!.headersTimeout).toBeLessThanOrEqual(60_000);
});
