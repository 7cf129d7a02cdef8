// Join tokens at the real door: what they open, and what they do not.
import { hkdfSync } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { GRANTS, type Grant, JoinTokens } from '../access/index.ts';
import { startTestApp, type TestApp } from '../testing/app.ts';
import type { TestClient } from '../testing/client.ts';
import { browserVoice, dtlsClient } from '../testing/parameters.ts';

let house: TestApp;
afterEach(() => house.close());

/** A server that others can reach: nobody gets in without a token. */
const start = async (access = {}): Promise<void> => {
  house = await startTestApp({ server: { apiToken: 'the key' }, access: { bind: '0.0.0.0', ...access } });
};

async function tokenFor(order: object): Promise<string> {
  const answer = await fetch(`${house.url}/v1/tokens`, {
    method: 'POST',
    headers: { authorization: 'Bearer the key', 'content-type': 'application/json' },
    body: JSON.stringify({ room: 'lobby', ...order }),
  });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { token: string }).token;
}

async function enter(grants: readonly Grant[]): Promise<TestClient> {
  const caller = await house.client();
  await caller.ask('join', { token: await tokenFor({ grants }) });
  return caller;
}

const refusal = async (caller: TestClient, name: string, message: unknown = {}): Promise<string | undefined> => {
  const ack = await caller.raw(name, message);
  return ack.ok ? undefined : ack.error.code;
};

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signed as the server signs, but with another key. */
const forged = (claims = {}): Promise<string> =>
  new SignJWT({ room: 'lobby', sub: 'eve', grants: [...GRANTS], ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer('parley')
    .setAudience('parley-join')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode('x'.repeat(32)));

describe('a token', () => {
  test('opens its room, with or without the name said, under the name that it gives', async () => {
    await start();
    const token = await tokenFor({ identity: 'user-7', name: 'Ada' });
    const ada = await house.client();
    expect(await ada.ask('join', { token, displayName: 'The Boss' })).toMatchObject({ room: 'lobby' });
    const bob = await house.client();
    const { peers } = await bob.ask('join', { token: await tokenFor({}), room: 'lobby', displayName: 'Bob' });
    expect(peers).toMatchObject([{ displayName: 'Ada' }]);
    const answer = await fetch(`${house.url}/v1/rooms/lobby`, { headers: { authorization: 'Bearer the key' } });
    expect(await answer.json()).toMatchObject({
      callers: [{ identity: 'user-7', displayName: 'Ada' }, { displayName: 'Bob' }],
    });
  });

  test('is needed where others can reach the server', async () => {
    await start();
    const caller = await house.client();
    expect(await refusal(caller, 'join', { room: 'lobby' })).toBe('unauthorized');
    expect(await refusal(caller, 'text', { text: 'hello' })).toBe('not-joined');
  });

  test('for another room opens none', async () => {
    await start();
    const caller = await house.client();
    const token = await tokenFor({ room: 'kitchen' });
    expect(await refusal(caller, 'join', { room: 'lobby', token })).toBe('forbidden');
    const line = await house.logged.next(({ msg }) => msg === 'a caller was not let in');
    expect(line).toMatchObject({ level: 'warn', room: 'lobby', why: 'forbidden' });
  });

  test('that has expired opens nothing', async () => {
    const secret = 'a secret of thirty-two characters and more';
    await start({ secret });
    const key = new Uint8Array(hkdfSync('sha256', secret, '', 'parley join tokens', 32));
    const pass = { room: 'lobby', identity: 'ada', grants: GRANTS };
    const yesterday = new JoinTokens(key, () => new Date(Date.now() - 86_400_000));
    const caller = await house.client();
    expect(await refusal(caller, 'join', { token: (await yesterday.mint(pass, 600)).token })).toBe('unauthorized');
    const line = await house.logged.next(({ msg }) => msg === 'a caller was not let in');
    expect(line).toMatchObject({ why: 'expired', address: expect.stringContaining('127.0.0.1') });
    const now = new JoinTokens(key);
    expect(await refusal(caller, 'join', { token: (await now.mint(pass, 600)).token })).toBeUndefined();
  });

  test('that was forged opens nothing, not even where none is needed, and is never logged', async () => {
    await start({ bind: '127.0.0.1' });
    const good = await tokenFor({ grants: ['listen'] });
    const [head, body, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forgeries = [
      await forged(),
      `${part({ alg: 'none', typ: 'JWT' })}.${part({ ...claims, grants: GRANTS })}.`,
      `${part({ alg: 'none', typ: 'JWT' })}.${body}.${signature}`,
      `${head}.${part({ ...claims, grants: GRANTS })}.${signature}`,
      `${head}.${part({ ...claims, room: 'kitchen' })}.${signature}`,
      good.slice(0, -4),
      'not a token',
      '',
    ];
    const lines: unknown[] = [];
    for (const token of forgeries) {
      const caller = await house.client();
      expect([token, await refusal(caller, 'join', { token })]).toEqual([token, 'unauthorized']);
      lines.push(await house.logged.next(({ why }) => why === 'forged'));
    }
    const log = JSON.stringify([...lines, ...house.logged.waiting]);
    for (const token of [good, ...forgeries.filter(Boolean)]) expect(log).not.toContain(token);
  });
});

describe('the grants of a token', () => {
  test('who may only listen cannot publish', async () => {
    await start();
    const caller = await enter(['listen']);
    expect(await refusal(caller, 'create-transport', { direction: 'send' })).toBe('forbidden');
    const { transportId } = await caller.ask('create-transport', { direction: 'recv' });
    await caller.ask('connect-transport', { transportId, dtlsParameters: dtlsClient });
    const produce = { transportId, kind: 'audio', rtpParameters: browserVoice(1) };
    expect(await refusal(caller, 'produce', produce)).toBe('forbidden');
    expect(await refusal(caller, 'mute', { muted: false })).toBe('forbidden');
  });

  test('who may only publish cannot listen', async () => {
    await start();
    const caller = await enter(['publish']);
    await caller.ask('create-transport', { direction: 'send' });
    expect(await refusal(caller, 'create-transport', { direction: 'recv' })).toBe('forbidden');
    expect(await refusal(caller, 'playing')).toBe('forbidden');
  });

  test('who may not write reaches the agent neither by text nor by asking', async () => {
    await start();
    const host = await house.hosts.next();
    const caller = await enter(['publish', 'listen', 'control']);
    const session = await host.sessions.next();
    expect(await refusal(caller, 'text', { text: 'hello' })).toBe('forbidden');
    expect(await refusal(caller, 'ask')).toBe('forbidden');
    expect(session.told.waiting.map(({ what }) => what)).not.toContain('text');
    expect(await refusal(await enter(['text']), 'text', { text: 'hello' })).toBeUndefined();
  });

  test('who may not control changes neither the voice nor the tools', async () => {
    await start();
    const caller = await enter(['publish', 'listen', 'text']);
    expect(await refusal(caller, 'speak-as', { speed: 2 })).toBe('forbidden');
    expect(await refusal(caller, 'offer-tools', { tools: [] })).toBe('forbidden');
    expect(await refusal(caller, 'tool-result', { call: 'c1', result: 'done' })).toBe('forbidden');
    const other = await house.client();
    const token = await tokenFor({ room: 'kitchen' });
    expect(await refusal(other, 'join', { token, voice: 'loud' })).toBe('forbidden');
    expect(await refusal(other, 'join', { token, language: 'en' })).toBeUndefined();
    expect(await refusal(await enter(['control']), 'offer-tools', { tools: [] })).toBeUndefined();
  });

  test('whoever can take the floor can silence the agent, and who only listens cannot', async () => {
    await start();
    for (const grant of ['publish', 'text', 'control'] as const) {
      expect(await refusal(await enter([grant]), 'interrupt')).toBeUndefined();
    }
    expect(await refusal(await enter(['listen']), 'interrupt')).toBe('forbidden');
  });

  test('hold for a caller who comes back by another connection', async () => {
    await start();
    const first = await house.client();
    const { resume } = await first.ask('join', { token: await tokenFor({ grants: ['listen'] }) });
    first.close();
    const second = await house.client();
    await second.ask('resume', { secret: resume.secret });
    expect(await refusal(second, 'create-transport', { direction: 'send' })).toBe('forbidden');
    expect(await refusal(second, 'create-transport', { direction: 'recv' })).toBeUndefined();
  });
});
