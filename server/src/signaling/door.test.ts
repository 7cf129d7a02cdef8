import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RequestName, requests } from '@parley/signaling/protocol';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { joined } from '../testing/joined.ts';
import { browserEar, browserVoice, dtlsClient } from '../testing/parameters.ts';

let house: TestApp;
beforeEach(async () => {
  house = await startTestApp();
});
afterEach(() => house.close());

describe('messages', () => {
  const names = Object.keys(requests) as RequestName[];
  const nonsense: unknown[] = [
    null,
    0,
    'text',
    true,
    [],
    [[]],
    {
      transportId: 7,
      producerId: {},
      consumerId: [],
      room: 'no/slash',
      direction: 'up',
      delayMs: -1,
      muted: 'yes',
      speed: 99,
    },
    {
      transportId: '',
      consumerId: '',
      producerId: '',
      text: '',
      kind: 'video',
      displayName: '',
      language: '!',
      voice: '',
    },
    {
      text: ' '.repeat(50),
      delayMs: Number.MAX_VALUE,
      muted: null,
      room: 'x'.repeat(65),
      direction: null,
      emotion: 'hungry',
    },
    JSON.parse(
      '{"__proto__": {"room": 1}, "constructor": 1, "room": 5, "direction": 5, "delayMs": "5", "muted": 1, "speed": "5"}',
    ),
  ];
  const takesNothing: RequestName[] = ['playing', 'interrupt', 'ask', 'leave'];

  test.each(names)('%s with nonsense is refused, and changes nothing', async (name) => {
    const { caller, session } = await joined(house);
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
    expect(session.told.waiting.map(({ what }) => what)).toEqual(['mouth', 'joined']);
  });

  test('more than one message is refused', async () => {
    const caller = await house.client();
    expect(await caller.raw('join', {}, {})).toMatchObject({ ok: false, error: { code: 'bad-message' } });
  });

  test('the path of what is wrong is said', async () => {
    const { caller } = await joined(house);
    const ack = await caller.raw('produce', { transportId: 'x', kind: 'audio', rtpParameters: { codecs: [{}] } });
    expect(ack).toMatchObject({ error: { message: expect.stringMatching(/^produce\.rtpParameters\.codecs\.0\./) } });
  });

  test.each([['hello'], ['__proto__'], ['constructor'], ['toString'], ['']])('%j is no request', async (name) => {
    const caller = await house.client();
    expect(await caller.raw(name, {})).toMatchObject({ ok: false, error: { code: 'unknown-request' } });
  });

  test('a request without an ack is served all the same', async () => {
    const { caller, session, callerId } = await joined(house);
    caller.socket.emit('text', { text: 'hello' });
    caller.socket.emit('text');
    caller.socket.emit('nothing');
    expect(await session.told.next(({ what }) => what === 'text')).toEqual({ what: 'text', callerId, text: 'hello' });
    expect((await caller.raw('interrupt')).ok).toBe(true);
  });

  test.each(names.filter((name) => !['join', 'resume', 'leave'].includes(name)))('%s needs a room', async (name) => {
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
      'offer-tools': { tools: [] },
      'tool-result': { call: 'c1', result: 'done' },
    };
    const caller = await house.client();
    expect(await caller.raw(name, messages[name] ?? {})).toMatchObject({ ok: false, error: { code: 'not-joined' } });
  });

  test('one that is too long ends that connection and no other', async () => {
    const { caller } = await joined(house);
    const other = await house.client();
    const gone = caller.gone();
    caller.socket.emit('text', { text: 'x'.repeat(70_000) });
    await gone;
    expect((await other.raw('join', {})).ok).toBe(true);
  });

  test('one that is nested deeply is survived', async () => {
    const { caller } = await joined(house);
    const { transportId } = await caller.ask('create-transport', { direction: 'send' });
    const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
    const codec = `{"mimeType":"audio/opus","payloadType":111,"clockRate":48000,"channels":2,"deep":${deep}}`;
    const message = `{"transportId":"${transportId}","kind":"audio","rtpParameters":{"codecs":[${codec}]}}`;
    // As it goes over the wire: the client library would not get it out.
    caller.socket.io.engine.write(`2["produce",${message}]`);
    expect((await caller.raw('mute', { muted: true })).ok).toBe(true);
    expect(house.logged.waiting.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('one with bytes in it is refused, also where its schema lets everything through', async () => {
    const { caller } = await joined(house);
    const { transportId } = await caller.ask('create-transport', { direction: 'recv' });
    const rtpCapabilities = { ...browserEar, anything: Buffer.from('bytes') };
    expect(await caller.raw('consume', { transportId, producerId: 'x', rtpCapabilities })).toEqual({
      ok: false,
      error: { code: 'bad-message', message: 'consume: holds bytes, where only JSON may be' },
    });
  });

  test('one on which its own schema fails is refused like any other', async () => {
    const { caller } = await joined(house);
    const rtpCapabilities = { headerExtensions: { length: { toString: {} } } };
    expect(await caller.raw('consume', { transportId: 'x', producerId: 'x', rtpCapabilities })).toEqual({
      ok: false,
      error: { code: 'bad-message', message: 'consume: not valid' },
    });
  });

  test.each<[string, unknown, string]>([
    ['a setting of a codec', { parameters: { useinbandfec: { toString: 1 } } }, 'parameters.useinbandfec'],
    ['a feedback', { rtcpFeedback: [null] }, 'rtcpFeedback.0'],
  ])('%s that is none is refused by its schema, not by the media engine', async (_, change, path) => {
    const { caller } = await joined(house);
    const { transportId } = await caller.ask('create-transport', { direction: 'send' });
    const { codecs, ...voice } = browserVoice(1);
    const rtpParameters = { ...voice, codecs: [{ ...codecs[0], ...(change as object) }] };
    const ack = await caller.raw('produce', { transportId, kind: 'audio', rtpParameters });
    expect(ack).toMatchObject({ ok: false, error: { code: 'bad-message' } });
    expect(ack.ok || ack.error.message).toContain(`produce.rtpParameters.codecs.0.${path}: `);
  });

  test.each([['2["join"'], ['2{}'], ['9'], ['51-["join",{"_placeholder":true,"num":0}]'], ['20["join",{}'], ['x']])(
    '%s on the wire ends that connection at most',
    async (packet) => {
      const { caller } = await joined(house);
      const other = await house.client();
      caller.socket.io.engine.write(packet);
      expect((await other.raw('join', { room: 'other' })).ok).toBe(true);
    },
  );

  test('an internal failure tells the caller nothing and the log everything', async () => {
    const { caller, session } = await joined(house);
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
