import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { countedAs, isLoopback, isOwnPage, isThisMachine, senderOf } from './address.ts';

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['[::1]', true],
  ['::ffff:127.0.0.1', true],
  ['localhost', true],
  ['app.localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.7.7', false],
  ['127.0.0.1.foe.example', false],
  ['localhost.foe.example', false],
  ['127.evil', false],
])('%s is this machine alone: %s', (host, answer) => {
  expect(isLoopback(host)).toBe(answer);
});

describe('who sends a request', () => {
  const from = (forwarded: string | undefined, proxies: number): string =>
    senderOf(
      {
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
        socket: { remoteAddress: '10.0.0.1' },
      },
      proxies,
    ).ip;

  test('is who connects, where no proxy is trusted', () => {
    expect(from(undefined, 0)).toBe('10.0.0.1');
    expect(from('203.0.113.7', 0)).toBe('10.0.0.1');
  });

  test('is the address that our own proxy saw; what came with the request is hearsay', () => {
    expect(from('127.0.0.1, 203.0.113.7', 1)).toBe('203.0.113.7');
    expect(from('127.0.0.1, 203.0.113.7, 198.51.100.2', 2)).toBe('203.0.113.7');
    expect(from('203.0.113.7', 2)).toBe('203.0.113.7');
    expect(from(undefined, 1)).toBe('10.0.0.1');
  });

  test.each([['x-forwarded-for'], ['forwarded'], ['x-real-ip']])(
    'is not this machine where %s says it came far',
    (name) => {
      expect(isThisMachine({ ip: '127.0.0.1', headers: {} })).toBe(true);
      expect(isThisMachine({ ip: '127.0.0.1', headers: { [name]: '127.0.0.1' } })).toBe(false);
    },
  );
});

describe('a page of our own', () => {
  test.each<[string, IncomingHttpHeaders, boolean]>([
    ['none at all', { host: 'localhost:8000' }, true],
    ['ours', { host: 'localhost:8000', origin: 'http://localhost:8000' }, true],
    ['ours by number', { host: '[::1]:8000', origin: 'http://[::1]:8000' }, true],
    ['another port of this machine', { host: 'localhost:8000', origin: 'http://localhost:3000' }, false],
    ['another site', { host: 'localhost:8000', origin: 'https://foe.example' }, false],
    ['another site, by a link', { host: 'localhost:8000', 'sec-fetch-site': 'cross-site' }, false],
    ['a name that was bound to our address', { host: 'foe.example:8000', origin: 'http://foe.example:8000' }, false],
    ['the same, without an origin', { host: 'foe.example:8000' }, false],
    ['a sandbox', { host: 'localhost:8000', origin: 'null' }, false],
  ])('%s', (_, headers, answer) => {
    expect(isOwnPage(headers)).toBe(answer);
  });
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::9', '2001:db8:1:2'],
  ['2001:db8::9', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
])('%s is counted as %s', (ip, counted) => {
  expect(countedAs(ip)).toBe(counted);
});
