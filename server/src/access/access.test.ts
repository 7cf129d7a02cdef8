import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { createLogger } from '../observe/index.ts';
import { Access, type AccessOptions } from './access.ts';
import type { Sender } from './address.ts';
import { GRANTS } from './grants.ts';

let folder: string;
let clock: ManualClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-access-'));
  clock = new ManualClock();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const limits = { requestsPerMinute: 60, joinsPerMinute: 3, roomJoinsPerMinute: 4, roomMessagesPerMinute: 2 };

const open = (options: Partial<AccessOptions> = {}): Access =>
  Access.open({
    folder,
    demo: 'auto',
    reachableAt: '127.0.0.1',
    proxies: 0,
    apiKeys: [],
    tokenTtlSeconds: 600,
    allowedOrigins: [],
    limits,
    log: createLogger({ level: 'silent', format: 'json' }),
    clock,
    ...options,
  });

const here: Sender = { ip: '127.0.0.1', headers: { host: 'localhost:8000' } };
const from = (ip: string): Sender => ({ ip, headers: { host: 'voice.example' } });

async function codeOf(attempt: () => unknown): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe('the demo', () => {
  test.each<[string, Partial<AccessOptions>, string]>([
    ['on this machine alone', {}, 'open'],
    ['on localhost', { reachableAt: 'localhost' }, 'open'],
    ['on all addresses', { reachableAt: '0.0.0.0' }, 'passphrase'],
    ['in a home network', { reachableAt: '192.168.7.7' }, 'passphrase'],
    ['on this machine behind a proxy', { proxies: 1 }, 'passphrase'],
    ['for everybody', { reachableAt: '0.0.0.0', demo: 'public' }, 'open'],
    ['turned off', { demo: 'off' }, 'off'],
  ])('%s', (_, options, door) => {
    const access = open(options);
    expect(access.demo).toBe(door);
    expect(access.passphrase !== undefined).toBe(door === 'passphrase');
  });

  test('has the same passphrase after a restart, hard to guess and easy to type', () => {
    const { passphrase } = open({ reachableAt: '0.0.0.0' });
    expect(passphrase).toMatch(/^([a-z2-9]{4}-){3}[a-z2-9]{4}$/);
    expect(open({ reachableAt: '0.0.0.0' }).passphrase).toBe(passphrase);
    expect(open({ reachableAt: '0.0.0.0', demoPassphrase: 'open sesame' }).passphrase).toBe('open sesame');
  });

  test('for the passphrase there is a token, for a room of the demo only', async () => {
    const access = open({ reachableAt: '0.0.0.0', demoPassphrase: 'open sesame' });
    const { token, room } = await access.demoToken(' open sesame ', from('203.0.113.7'), 'lobby');
    expect(room).toBe('demo-lobby');
    expect(await access.admit(from('203.0.113.7'), { token, room })).toMatchObject({ room, grants: new Set(GRANTS) });
    expect(await access.admit(from('203.0.113.7'), { token, room: 'lobby' })).toMatchObject({ room });
    expect(await codeOf(() => access.admit(from('203.0.113.7'), { token, room: 'kitchen' }))).toBe('forbidden');
    const alone = await access.demoToken('open sesame', from('203.0.113.7'));
    expect(alone.room).toMatch(/^demo-[\w-]{12}$/);
  });

  test('the passphrase cannot be guessed fast from one address', async () => {
    const access = open({ reachableAt: '0.0.0.0', demoPassphrase: 'open sesame' });
    const guess = (ip: string, word: string) => codeOf(() => access.demoToken(word, from(ip)));
    for (let i = 0; i < 30; i++) expect(await guess('203.0.113.7', `guess ${i}`)).toBe('unauthorized');
    expect(await guess('203.0.113.7', 'open sesame')).toBe('too-many-requests');
    expect(await guess('203.0.113.8', 'open sesame')).toBeUndefined();
    await clock.advance(2000);
    expect(await guess('203.0.113.7', 'open sesame')).toBeUndefined();
  });

  test('that is public leads into rooms of its own', async () => {
    const access = open({ reachableAt: '0.0.0.0', demo: 'public' });
    expect(await access.admit(from('203.0.113.7'), { room: 'lobby' })).toMatchObject({ room: 'demo-lobby' });
    expect(await access.admit(from('203.0.113.7'), {})).toMatchObject({ room: expect.stringMatching(/^demo-/) });
  });

  test('that is open on this machine is so for nobody who only seems to be here', async () => {
    const access = open();
    expect(await access.admit(here, { room: 'lobby' })).toMatchObject({ room: 'lobby' });
    const strangers: Sender[] = [
      from('203.0.113.7'),
      { ip: '127.0.0.1', headers: { ...here.headers, 'x-forwarded-for': '203.0.113.7' } },
      { ip: '127.0.0.1', headers: { host: 'foe.example:8000', origin: 'http://foe.example:8000' } },
    ];
    for (const stranger of strangers) expect(await codeOf(() => access.admit(stranger, {}))).toBe('unauthorized');
  });
});

describe('in a container', () => {
  const bridge = (headers: Sender['headers']): Sender => ({ ip: '172.17.0.1', headers });

  test('whose host publishes it on its loopback, whoever comes by that is of this machine', async () => {
    const access = open({ reachableAt: '127.0.0.1', published: '127.0.0.1' });
    const page = { host: 'localhost:8000', origin: 'http://localhost:8000' };
    expect(await codeOf(() => access.admit(bridge(page), {}))).toBeUndefined();
    expect(access.admitRequest(bridge({ host: 'localhost:8000' }))).toEqual({ by: 'this-machine' });
    const strangers = [
      { host: 'parley:8000' },
      { host: 'foe.example:8000', origin: 'http://foe.example:8000' },
      { ...page, 'x-forwarded-for': '203.0.113.7' },
    ];
    for (const headers of strangers) {
      expect(await codeOf(() => access.admit(bridge(headers), {}))).toBe('unauthorized');
      expect(await codeOf(() => access.admitRequest(bridge(headers)))).toBe('unauthorized');
    }
  });

  test('that is published for all, nobody who comes from outside it is', async () => {
    const access = open({ reachableAt: '0.0.0.0', published: '0.0.0.0' });
    expect(access.demo).toBe('passphrase');
    expect(await codeOf(() => access.admit(bridge(here.headers), {}))).toBe('unauthorized');
    expect(await codeOf(() => access.admitRequest(bridge(here.headers)))).toBe('unauthorized');
  });
});

describe('what is kept from others', () => {
  test('comes from one secret, by purpose', () => {
    const access = open();
    const hex = (purpose: string): string => Buffer.from(access.keyFor(purpose)).toString('hex');
    expect(hex('join tokens')).toHaveLength(64);
    expect(hex('join tokens')).not.toBe(hex('demo passphrase'));
    expect(Buffer.from(open().keyFor('join tokens')).toString('hex')).toBe(hex('join tokens'));
  });

  test('tokens of another server open nothing', async () => {
    const { token } = await open({ secret: 'a'.repeat(32) }).mint({ room: 'lobby', identity: 'ada', grants: GRANTS });
    expect(await codeOf(() => open().admit(here, { token }))).toBe('unauthorized');
  });
});

describe('calls', () => {
  test('from one address come at its own pace; this machine has none', async () => {
    const access = open({ demo: 'public', reachableAt: '0.0.0.0' });
    const call = (ip: string) => codeOf(() => access.admit(from(ip), {}));
    for (let i = 0; i < 3; i++) expect(await call('203.0.113.7')).toBeUndefined();
    expect(await call('203.0.113.7')).toBe('too-many-requests');
    expect(await call('203.0.113.8')).toBeUndefined();
    await clock.advance(20_000);
    expect(await call('203.0.113.7')).toBeUndefined();
    for (let i = 0; i < 20; i++) await access.admit(here, {});
  });

  test('from neighbours of one IPv6 network count as one', async () => {
    const access = open({ demo: 'public', reachableAt: '::' });
    const call = (ip: string) => codeOf(() => access.admit(from(ip), {}));
    for (let i = 0; i < 3; i++) expect(await call(`2001:db8:1:2::${i}`)).toBeUndefined();
    expect(await call('2001:db8:1:2:3::9')).toBe('too-many-requests');
    expect(await call('2001:db8:1:3::9')).toBeUndefined();
  });

  test('to one room come at its pace, from wherever they are', async () => {
    const access = open({ demo: 'public', reachableAt: '0.0.0.0' });
    const call = (i: number, room: string) => codeOf(() => access.admit(from(`203.0.113.${i}`), { room }));
    for (let i = 0; i < 4; i++) expect(await call(i, 'lobby')).toBeUndefined();
    expect(await call(5, 'lobby')).toBe('too-many-requests');
    expect(await call(5, 'kitchen')).toBeUndefined();
  });
});

test('messages in one room come at its pace', async () => {
  const access = open();
  const write = (ip: string, room: string) => codeOf(() => access.admitMessage(from(ip), room));
  expect([await write('203.0.113.7', 'a'), await write('203.0.113.8', 'a')]).toEqual([undefined, undefined]);
  expect(await write('203.0.113.9', 'a')).toBe('too-many-requests');
  expect(await write('203.0.113.9', 'b')).toBeUndefined();
});

describe('requests over HTTP', () => {
  const withKey = (ip: string, key: string): Sender => ({ ip, headers: { authorization: `Bearer ${key}` } });

  test('come at the pace of their key, wherever they are from', async () => {
    const access = open();
    const { key } = access.keys.create('shop');
    for (let i = 0; i < 60; i++) access.admitRequest(withKey(`203.0.113.${i}`, key));
    expect(await codeOf(() => access.admitRequest(withKey('203.0.113.99', key)))).toBe('too-many-requests');
    const other = access.keys.create('clinic').key;
    expect(access.admitRequest(withKey('203.0.113.99', other))).toMatchObject({
      by: 'key',
      holder: { name: 'clinic' },
    });
  });

  test('without a key are counted by address', async () => {
    const access = open();
    for (let i = 0; i < 60; i++) {
      expect(await codeOf(() => access.admitRequest(withKey('203.0.113.7', 'guess')))).toBe('unauthorized');
    }
    expect(await codeOf(() => access.admitRequest(withKey('203.0.113.7', 'guess')))).toBe('too-many-requests');
    expect(await codeOf(() => access.admitAnybody(from('203.0.113.7')))).toBe('too-many-requests');
    expect(await codeOf(() => access.admitAnybody(from('203.0.113.8')))).toBeUndefined();
  });
});
