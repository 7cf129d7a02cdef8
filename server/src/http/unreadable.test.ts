// What is no request that Fastify could answer, as bytes on a socket.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';

let house: TestApp;
beforeAll(async () => {
  house = await startTestApp();
});
afterAll(() => house.close());

/** All that comes back until the connection ends. */
function answerTo(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(new URL(house.url).port), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(answer));
  });
}

describe('a problem document answers', () => {
  test.each([
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['two lengths', 'POST /v1/rooms HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['headers that do not end', `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}`, 431],
    ['a request for no host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['an expectation', 'GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n', 417],
  ])('%s', async (_, bytes, status) => {
    const answer = await answerTo(bytes);
    const [head = '', ...body] = answer.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body.join(''))).toMatchObject({ type: 'about:blank', status, detail: expect.any(String) });
  });
});

test.each([
  ['//', 200],
  ['/nowhere', 404],
  ['/%zz', 400],
  ['/healthz', 200],
])('a WebSocket at %s, where there is none, is answered %i', async (path, status) => {
  const upgrade = 'Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==';
  const answer = await answerTo(`GET ${path} HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n\r\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});

test('who would like HTTP/2 gets HTTP/1.1', async () => {
  const wish = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__';
  expect(await answerTo(`GET /healthz HTTP/1.1\r\nHost: a\r\n${wish}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
});

test('a body over which its own schema fails is refused like any other', async () => {
  const answer = await fetch(`${house.url}/v1/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"room":"lobby","name":{"length":{"toString":{}}}}',
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json']);
  expect(house.logged.waiting.filter(({ level }) => level === 'error')).toEqual([]);
});
