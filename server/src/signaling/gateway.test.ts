import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { TestClient } from '../testing/client.ts';

let house: TestApp;
beforeEach(async () => {
  house = await startTestApp({ server: { allowedOrigins: ['https://friend.example'] } });
});
afterEach(() => house.close());

describe('the handshake', () => {
  test.each([[undefined], [0], [PROTOCOL_VERSION + 1], ['1'], [null], [{ a: 'b'.repeat(1000) }]])(
    'refuses protocol %j with a typed error',
    async (protocol) => {
      const connecting = TestClient.connect(house.url, { protocol: protocol ?? null });
      await expect(connecting).rejects.toMatchObject({ data: { code: 'protocol-version' } });
    },
  );

  test.each([['https://friend.example'], [() => house.url]])('lets pages of known origins in', async (origin) => {
    const value = typeof origin === 'function' ? origin() : origin;
    const caller = await house.client({ headers: { origin: value } });
    expect(caller.socket.connected).toBe(true);
  });

  test.each([['https://foe.example'], ['null'], ['http://localhost.foe.example']])(
    'turns the page of %s away',
    async (origin) => {
      await expect(house.client({ headers: { origin } })).rejects.toThrow();
    },
  );
});

describe('order and pace', () => {
  test('requests of one connection are answered in order', async () => {
    const caller = await house.client();
    const answered: string[] = [];
    await Promise.all([
      caller.raw('join', { room: 'lobby' }).then(() => answered.push('join')),
      caller.raw('create-transport', { direction: 'send' }).then((ack) => answered.push(`transport ${ack.ok}`)),
      caller.raw('mute', { muted: true }).then((ack) => answered.push(`mute ${ack.ok}`)),
      caller.raw('leave', {}).then((ack) => answered.push(`leave ${ack.ok}`)),
      caller.raw('mute', { muted: true }).then((ack) => answered.push(`mute ${ack.ok}`)),
    ]);
    expect(answered).toEqual(['join', 'transport true', 'mute true', 'leave true', 'mute false']);
  });

  test('who asks too fast is refused, and who does not listen is thrown out', async () => {
    const strict = await startTestApp({ limits: { requestsPerSecond: 1, requestBurst: 20 } });
    try {
      const caller = await strict.client();
      const acks = await Promise.all(Array.from({ length: 30 }, () => caller.raw('leave', {})));
      const codes = acks.map((ack) => (ack.ok ? 'ok' : ack.error.code));
      expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'ok'));
      expect(codes.at(-1)).toBe('too-many-requests');
      const gone = caller.gone();
      for (let i = 0; i < 600; i += 1) caller.socket.emit('leave', {});
      await gone;
    } finally {
      await strict.close();
    }
  });
});
