// How much one address may take of the door, and one connection of the house.
import { afterEach, describe, expect, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { browserVoice } from '../testing/parameters.ts';

let house: TestApp;
afterEach(() => house.close());

const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });

/** Behind a proxy, so that a test can come from anywhere; calls need no token. */
const start = async (limits: Parameters<typeof startTestApp>[0] = {}): Promise<void> => {
  house = await startTestApp({ ...limits, server: { trustProxy: true }, access: { demo: 'public' } });
};

describe('one address', () => {
  test('has only so many connections, and gets the place of one that ends', async () => {
    await start({ limits: { connectionsPerAddress: 2 } });
    const first = await house.client(from('203.0.113.7'));
    await house.client(from('203.0.113.7'));
    await expect(house.client(from('203.0.113.7'))).rejects.toThrow();
    await house.client(from('203.0.113.8'));
    first.close();
    // The server hears of the end a moment later.
    for (;;) {
      const again = await house.client(from('203.0.113.7')).catch(() => undefined);
      if (again) break;
    }
  });

  test('calls only so often', async () => {
    await start({ limits: { joinsPerMinute: 2 } });
    const codes: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const ack = await (await house.client(from('203.0.113.7'))).raw('join', {});
      codes.push(ack.ok || ack.error.code);
    }
    expect(codes).toEqual([true, true, 'too-many-requests']);
    expect((await (await house.client(from('203.0.113.8'))).raw('join', {})).ok).toBe(true);
  });
});

test('in one room only so much is written to the agent', async () => {
  await start({ limits: { roomMessagesPerMinute: 2 } });
  const write = async (ip: string): Promise<unknown> => {
    const caller = await house.client(from(ip));
    await caller.ask('join', { room: 'lobby' });
    const ack = await caller.raw('text', { text: 'hello' });
    return ack.ok || ack.error.code;
  };
  expect([await write('203.0.113.1'), await write('203.0.113.2'), await write('203.0.113.3')]).toEqual([
    true,
    true,
    'too-many-requests',
  ]);
});

test('one caller sends one voice over one transport, however often it asks', async () => {
  await start();
  const caller = await house.client();
  await caller.ask('join', {});
  const transports = [];
  for (let i = 0; i < 5; i++) transports.push(await caller.ask('create-transport', { direction: 'send' }));
  const voice = { kind: 'audio' as const, rtpParameters: browserVoice(1) };
  await caller.ask('produce', { ...voice, transportId: transports[4]!.transportId });
  for (const { transportId } of transports) {
    const ack = await caller.raw('produce', { ...voice, rtpParameters: browserVoice(2), transportId });
    expect(ack).toMatchObject({ ok: false });
  }
});
