import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PROTOCOL_VERSION, type RequestName, requests } from '@parley/signaling/protocol';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { TestClient } from '../testing/client.ts';
import type { FakeSession } from '../testing/fake-host.ts';
import { browserEar, browserVoice, dtlsClient } from '../testing/parameters.ts';

let house: TestApp;
beforeEach(async () => {
  house = await startTestApp({ limits: { callersPerRoom: 2 }, server: { allowedOrigins: ['https://friend.example'] } });
});
afterEach(() => house.close());

/** A caller in a room, with the session that its agent has. */
async function joined(room = 'lobby'): Promise<{ caller: TestClient; session: FakeSession; callerId: string }> {
  const host = await house.hosts.next();
  house.hosts.put(host);
  const caller = await house.client();
  const { callerId } = await caller.ask('join', { room });
  const session = await host.sessions.next();
  return { caller, session, callerId };
}

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

describe('messages', () => {
  const names = Object.keys(requests) as RequestName[];
  const nonsense: unknown[] = [
    null,
    0,
    'text',
    true,
    [],
    [[]],
    { transportId: 7, producerId: {}, consumerId: [], room: 'no/slash', direction: 'up', delayMs: -1, muted: 'yes' },
    { transportId: '', consumerId: '', producerId: '', text: '', kind: 'video', displayName: '', language: '!' },
    { text: ' '.repeat(50), delayMs: Number.MAX_VALUE, muted: null, room: 'x'.repeat(65), direction: null },
    JSON.parse('{"__proto__": {"room": 1}, "constructor": 1, "room": 5, "direction": 5, "delayMs": "5", "muted": 1}'),
  ];
  const takesNothing: RequestName[] = ['playing', 'interrupt', 'leave'];

  test.each(names)('%s with nonsense is refused, and changes nothing', async (name) => {
    const { caller, session } = await joined();
    for (const message of nonsense) {
      const isObject = typeof message === 'object' && message !== null && !Array.isArray(message);
      // A request that says nothing reads nothing either.
      if (takesNothing.includes(name) && isObject) continue;
      const ack = await caller.raw(name, message);
      expect(ack).toMatchObject({ ok: false, error: { message: expect.any(String) } });
      expect(ack.ok || ack.error.code).toBe('bad-message');
      expect(ack.ok || ack.error.message).toContain(name);
    }
    // Still there, and the agent has heard of nothing.
    expect(await caller.raw('join', {})).toMatchObject({ ok: false, error: { code: 'already-joined' } });
    expect(session.told.waiting.map(({ what }) => what)).toEqual(['mouth']);
  });

  test('more than one message is refused', async () => {
    const caller = await house.client();
    expect(await caller.raw('join', {}, {})).toMatchObject({ ok: false, error: { code: 'bad-message' } });
  });

  test('the path of what is wrong is said', async () => {
    const { caller } = await joined();
    const ack = await caller.raw('produce', { transportId: 'x', kind: 'audio', rtpParameters: { codecs: [{}] } });
    expect(ack).toMatchObject({ error: { message: expect.stringMatching(/^produce\.rtpParameters\.codecs\.0\./) } });
  });

  test.each([['hello'], ['__proto__'], ['constructor'], ['toString'], ['']])('%j is no request', async (name) => {
    const caller = await house.client();
    expect(await caller.raw(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-request' } });
  });

  test('a request without an ack is served all the same', async () => {
    const { caller, session, callerId } = await joined();
    caller.socket.emit('text', { text: 'hello' });
    caller.socket.emit('text');
    caller.socket.emit('nothing');
    expect(await session.told.next(({ what }) => what === 'text')).toEqual({ what: 'text', callerId, text: 'hello' });
    expect((await caller.raw('interrupt')).ok).toBe(true);
  });

  test.each(names.filter((name) => name !== 'join' && name !== 'leave'))('%s needs a room', async (name) => {
    const messages: Partial<Record<RequestName, unknown>> = {
      'create-transport': { direction: 'send' },
      'connect-transport': { transportId: 'x', dtlsParameters: dtlsClient },
      'restart-ice': { transportId: 'x' },
      produce: { transportId: 'x', kind: 'audio', rtpParameters: browserVoice(1) },
      consume: { transportId: 'x', producerId: 'x', rtpCapabilities: browserEar },
      'resume-consumer': { consumerId: 'x' },
      playout: { delayMs: 1 },
      mute: { muted: true },
      text: { text: 'hello' },
    };
    const caller = await house.client();
    expect(await caller.raw(name, messages[name] ?? {})).toMatchObject({ ok: false, error: { code: 'not-joined' } });
  });

  test('one that is too long ends that connection and no other', async () => {
    const { caller } = await joined();
    const other = await house.client();
    const gone = caller.gone();
    caller.socket.emit('text', { text: 'x'.repeat(70_000) });
    await gone;
    expect((await other.raw('join', {})).ok).toBe(true);
  });

  test('one that is nested deeply is survived', async () => {
    const { caller } = await joined();
    const { transportId } = await caller.ask('create-transport', { direction: 'send' });
    const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
    const codec = `{"mimeType":"audio/opus","payloadType":111,"clockRate":48000,"channels":2,"deep":${deep}}`;
    const message = `{"transportId":"${transportId}","kind":"audio","rtpParameters":{"codecs":[${codec}]}}`;
    // As it goes over the wire: the client library would not get it out.
    caller.socket.io.engine.write(`2["produce",${message}]`);
    expect((await caller.raw('mute', { muted: true })).ok).toBe(true);
  });

  test.each([['2["join"'], ['2{}'], ['9'], ['51-["join",{"_placeholder":true,"num":0}]'], ['20["join",{}'], ['x']])(
    '%s on the wire ends that connection at most',
    async (packet) => {
      const { caller } = await joined();
      const other = await house.client();
      caller.socket.io.engine.write(packet);
      expect((await other.raw('join', { room: 'other' })).ok).toBe(true);
    },
  );

  test('an internal failure tells the caller nothing and the log everything', async () => {
    const { caller, session } = await joined();
    session.text = () => {
      throw new Error('secret path /home/x');
    };
    expect(await caller.raw('text', { text: 'hello' })).toEqual({
      ok: false,
      error: { code: 'internal', message: expect.not.stringContaining('secret') },
    });
    const line = await house.logged.next(({ msg }) => msg === 'a request failed');
    expect(line).toMatchObject({ request: 'text', err: { message: 'secret path /home/x' } });
  });
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

describe('a call', () => {
  test('transports, producer and consumer are made once, found by id, and refused where they do not fit', async () => {
    const { caller, session } = await joined();
    const send = await caller.ask('create-transport', { direction: 'send' });
    const recv = await caller.ask('create-transport', { direction: 'recv' });
    const voice = { transportId: send.transportId, kind: 'audio' as const, rtpParameters: browserVoice(1234) };
    await expect(caller.ask('produce', { ...voice, transportId: 'other' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(caller.ask('produce', { ...voice, transportId: recv.transportId })).rejects.toMatchObject({
      code: 'wrong-state',
    });
    const { producerId } = await caller.ask('produce', voice);
    await expect(caller.ask('produce', voice)).rejects.toMatchObject({ code: 'wrong-state' });
    await session.told.next(({ what }) => what === 'ear');

    const hear = { transportId: recv.transportId, producerId, rtpCapabilities: browserEar };
    // Nobody hears themselves.
    await expect(caller.ask('consume', hear)).rejects.toMatchObject({ code: 'not-found' });
    await expect(caller.ask('resume-consumer', { consumerId: 'other' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(caller.ask('restart-ice', { transportId: 'other' })).rejects.toMatchObject({ code: 'not-found' });
    const { iceParameters } = await caller.ask('restart-ice', { transportId: recv.transportId });
    expect(iceParameters.usernameFragment).not.toBe(recv.iceParameters.usernameFragment);
  });

  test("parameters that mediasoup refuses are the message's fault, not the server's", async () => {
    const { caller } = await joined();
    const { transportId } = await caller.ask('create-transport', { direction: 'send' });
    const recv = await caller.ask('create-transport', { direction: 'recv' });
    const codecs = [{ mimeType: 'audio/PCMU', payloadType: 0, clockRate: 8000 }];
    const produce = { transportId, kind: 'audio' as const, rtpParameters: { ...browserVoice(1), codecs } };
    await expect(caller.ask('produce', produce)).rejects.toMatchObject({ code: 'unsupported' });
    const encodings = [{ ssrc: 'one' }];
    await expect(
      caller.ask('produce', { ...produce, rtpParameters: { ...browserVoice(1), encodings } }),
    ).rejects.toMatchObject({ code: 'bad-message' });
    const dtlsParameters = { fingerprints: [{ algorithm: 'rot-13', value: 'x' }] };
    await expect(caller.ask('connect-transport', { transportId, dtlsParameters })).rejects.toMatchObject({
      code: 'bad-message',
    });
    const other = await house.client();
    const { producers } = await other.ask('join', { room: 'lobby' });
    const deaf = {
      transportId: recv.transportId,
      producerId: producers[0]!.producerId,
      rtpCapabilities: { codecs: [] },
    };
    await expect(caller.ask('consume', deaf)).rejects.toMatchObject({ code: 'unsupported' });
    const connect = { transportId, dtlsParameters: dtlsClient };
    await caller.ask('connect-transport', connect);
    await expect(caller.ask('connect-transport', connect)).rejects.toMatchObject({ code: 'wrong-state' });
  });

  test('a new transport replaces the one of its direction, and frees its producer', async () => {
    const { caller, session } = await joined();
    const first = await caller.ask('create-transport', { direction: 'send' });
    const voice = { kind: 'audio' as const, rtpParameters: browserVoice(1234) };
    await caller.ask('produce', { ...voice, transportId: first.transportId });
    const second = await caller.ask('create-transport', { direction: 'send' });
    await session.told.next(({ what }) => what === 'ear-gone');
    await expect(caller.ask('restart-ice', { transportId: first.transportId })).rejects.toMatchObject({
      code: 'not-found',
    });
    await caller.ask('produce', { ...voice, transportId: second.transportId });
  });

  test('muting before and after producing holds', async () => {
    const { caller } = await joined();
    await caller.ask('mute', { muted: true });
    const { transportId } = await caller.ask('create-transport', { direction: 'send' });
    await caller.ask('produce', { transportId, kind: 'audio', rtpParameters: browserVoice(1234) });
    const muted = async (): Promise<boolean> => {
      const answer = (await (await fetch(`${house.url}/v1/rooms/lobby`)).json()) as { callers: { muted: boolean }[] };
      return answer.callers[0]!.muted;
    };
    expect(await muted()).toBe(true);
    await caller.ask('mute', { muted: false });
    expect(await muted()).toBe(false);
  });

  test('what callers do reaches the agent', async () => {
    const { caller, session, callerId } = await joined();
    await caller.ask('text', { text: '  hello  ' });
    await caller.ask('interrupt', {});
    await caller.ask('playout', { delayMs: 80 });
    await session.told.next(({ what }) => what === 'mouth');
    expect(await session.told.next()).toEqual({ what: 'text', callerId, text: 'hello' });
    expect(await session.told.next()).toEqual({ what: 'interrupt' });
    expect(await session.told.next()).toEqual({ what: 'playout', callerId, delayMs: 80 });
  });

  test('playing alone is not hearing: the agent is not told before media is connected', async () => {
    const { caller, session } = await joined();
    await caller.ask('playing', {});
    await caller.ask('interrupt', {});
    await session.told.next(({ what }) => what === 'interrupt');
    expect(session.told.waiting.map(({ what }) => what)).toEqual(['mouth']);
  });

  test('what the agent tells reaches every caller of the room, as the protocol has it', async () => {
    const { caller, session, callerId } = await joined();
    const other = await house.client();
    await other.ask('join', { room: 'lobby' });
    session.emit({ type: 'agent-state', state: 'thinking' });
    session.emit({ type: 'transcript', turn: 1, callerId, text: 'hi', final: true, language: 'en' });
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'hello', final: false, interrupted: false });
    session.emit({ type: 'turn-metrics', turn: 1, figures: { voice_to_voice: 700 } });
    session.emit({ type: 'error', code: 'engine-failed', stage: 'llm', message: 'no key', retryable: false });
    for (const each of [caller, other]) {
      expect(await each.notice('agent-state')).toEqual({ state: 'thinking' });
      expect(await each.notice('transcript')).toEqual({ turn: 1, callerId, text: 'hi', final: true, language: 'en' });
      expect(await each.notice('reply-text')).toMatchObject({ text: 'hello' });
      expect(await each.notice('turn-metrics')).toEqual({ turn: 1, figures: { voice_to_voice: 700 } });
      expect(await each.notice('problem')).toMatchObject({ code: 'engine-failed', stage: 'llm' });
    }
    const late = await house.client();
    await expect(late.ask('join', { room: 'lobby' })).rejects.toMatchObject({ code: 'room-full' });
  });

  test('callers learn of each other, and of what can be heard', async () => {
    const { caller, callerId } = await joined();
    const other = await house.client();
    const second = await other.ask('join', { room: 'lobby', displayName: 'Bob' });
    expect(await caller.notice('peer-joined')).toEqual({ peerId: second.callerId, displayName: 'Bob' });
    const { transportId } = await other.ask('create-transport', { direction: 'send' });
    const { producerId } = await other.ask('produce', {
      transportId,
      kind: 'audio',
      rtpParameters: browserVoice(77),
    });
    expect(await caller.notice('producer-added')).toEqual({ producerId, peerId: second.callerId });
    const recv = await caller.ask('create-transport', { direction: 'recv' });
    const hear = { transportId: recv.transportId, producerId, rtpCapabilities: browserEar };
    const consumer = await caller.ask('consume', hear);
    expect(consumer).toMatchObject({ producerId, kind: 'audio' });
    await caller.ask('resume-consumer', { consumerId: consumer.consumerId });
    other.close();
    expect(await caller.notice('producer-removed')).toEqual({ producerId });
    expect(await caller.notice('peer-left')).toEqual({ peerId: second.callerId });
    await expect(caller.ask('resume-consumer', { consumerId: consumer.consumerId })).rejects.toMatchObject({
      code: 'not-found',
    });
    // Nobody is told of themselves.
    expect(other.notices.waiting).toEqual([]);
    expect(callerId).not.toBe(second.callerId);
  });

  test('leaving frees the place, and the same connection may join again', async () => {
    const { caller, session } = await joined();
    const { transportId } = await caller.ask('create-transport', { direction: 'send' });
    await caller.ask('produce', { transportId, kind: 'audio', rtpParameters: browserVoice(1234) });
    await caller.ask('leave', {});
    await caller.ask('leave', {});
    await session.told.next(({ what }) => what === 'ear-gone');
    await expect(caller.ask('mute', { muted: true })).rejects.toMatchObject({ code: 'not-joined' });
    expect((await caller.ask('join', { room: 'lobby' })).producers).toHaveLength(1);
  });

  test('a connection that breaks while it joins leaves nobody behind', async () => {
    const { session, caller } = await joined();
    void session;
    const other = await house.client();
    other.socket.emit('join', { room: 'lobby' });
    other.close();
    // The first caller sees the other come and go, or not at all; in the end the place is free.
    const third = await house.client();
    for (;;) {
      const ack = await third.raw('join', { room: 'lobby' });
      if (ack.ok) break;
      await caller.notice('peer-left');
    }
  });
});
