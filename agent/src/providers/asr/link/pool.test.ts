import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { failureOf, ManualClock, until } from '../../../testing/index.ts';
import { SocketServer } from '../testing/socket-server.ts';
import { BrokenLink, Link } from './link.ts';
import { LinkPool } from './pool.ts';

const never = new AbortController().signal;
const PING_MS = 15_000;
const REUSE_MS = 60_000;

let server: SocketServer;
let clock: ManualClock;
let pool: LinkPool;

beforeEach(async () => {
  server = await SocketServer.start({ serve: () => {} });
  clock = new ManualClock();
  pool = new LinkPool({
    open: () => Link.open({ url: server.url }),
    server: 'the server',
    maxLinks: 3,
    reuseMs: REUSE_MS,
    clock,
  });
});
afterEach(async () => {
  await pool.close();
  expect(pool.size).toBe(0);
  await server.close();
});

/** An utterance that goes well, after which one link is spare. */
async function useOnce(): Promise<void> {
  const link = await pool.take(never);
  await until(() => server.connections.length >= 2);
  for (const connection of server.open.slice(1)) connection.hangUp(1000);
  await until(() => pool.size === 1);
  pool.give(link);
}

describe('links that wait for an utterance', () => {
  test('one is open ahead as soon as one is taken', async () => {
    expect(server.connections).toHaveLength(0);
    await pool.take(never);
    await until(() => server.connections.length === 2);
    expect(pool.size).toBe(2);
  });

  test('one that was given back is taken again, until it is too old', async () => {
    const link = await pool.take(never);
    await clock.advance(REUSE_MS - 1);
    pool.give(link);
    expect(await pool.take(never)).toBe(link);
    await clock.advance(1);
    pool.give(link);
    expect(await pool.take(never)).not.toBe(link);
  });

  test('they are asked for signs of life, and replaced where none comes', async () => {
    await useOnce();
    const [first] = server.open;
    await clock.advance(PING_MS);
    await until(() => first?.pings === 1);
    const link = await pool.take(never);
    pool.give(link);
    first?.freeze();
    await clock.advance(PING_MS * 2);
    await until(() => link.broken !== undefined);
    expect(await pool.take(never)).not.toBe(link);
  });

  test('they are closed when nobody has spoken for ten minutes', async () => {
    await useOnce();
    for (let passed = 0; passed <= 600_000; passed += PING_MS) await clock.advance(PING_MS);
    await until(() => pool.size === 0);
  });

  test('where they keep breaking, the next comes after longer and longer rests', async () => {
    await pool.take(never);
    for (const restMs of [1000, 4000, 15_000, 15_000]) {
      await until(() => server.open.length === 2 && pool.size === 2);
      const opened = server.connections.length;
      server.open.at(-1)?.breakOff();
      await until(() => pool.size === 1);
      await clock.advance(restMs - 1);
      expect(server.connections).toHaveLength(opened);
      await clock.advance(1);
      await until(() => server.connections.length === opened + 1);
    }
  });
});

describe('links in use', () => {
  test('are bounded: one more is refused, until one is given back', async () => {
    const links = await Promise.all([pool.take(never), pool.take(never), pool.take(never)]);
    expect(await failureOf(pool.take(never))).toMatchObject({ reason: 'rate-limited' });
    pool.give(links[0] as Link);
    await pool.take(never);
  });

  test('one that cannot be opened takes no place', async () => {
    server.refusal = 503;
    for (let i = 0; i < 5; i++) expect(await failureOf(pool.take(never))).toBeInstanceOf(BrokenLink);
    server.refusal = undefined;
    await pool.take(never);
  });

  test('one that is waited for can be given up', async () => {
    server.stallHandshakes = true;
    const stop = new AbortController();
    const failing = failureOf(pool.take(stop.signal));
    await until(() => server.stalled === 1);
    stop.abort(new Error('superseded'));
    expect(await failing).toEqual(new Error('superseded'));
    await until(() => pool.size === 0);
  });

  test('messages that come before anybody listens are kept', async () => {
    const link = await pool.take(never);
    server.connections[0]?.send('hello');
    await link.send('hi', never);
    await until(() => server.connections[0]?.received.length === 1);
    const heard: string[] = [];
    link.listen({ onMessage: (text) => heard.push(text), onBroken: () => {} });
    await until(() => heard.length === 1);
    expect(heard).toEqual(['hello']);
  });

  test('what the network does not take makes the sender wait, and an abort ends the wait', async () => {
    const link = await pool.take(never);
    server.connections[0]?.freeze();
    const stop = new AbortController();
    let sent = 0;
    const sending = failureOf(
      (async () => {
        for (; sent < 1000; sent++) await link.send(new Uint8Array(256 * 1024), stop.signal);
      })(),
    );
    await until(() => sent > 3);
    const reason = new Error('barge-in');
    setImmediate(() => stop.abort(reason));
    expect(await sending).toBe(reason);
    expect(sent).toBeLessThan(100);
  });
});
