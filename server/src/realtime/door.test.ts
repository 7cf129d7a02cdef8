// What no client of a vendor sends by itself: on a bare WebSocket.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { encodeAudio } from './audio.ts';
import type { ServerEvent } from './protocol.ts';
import { API_KEY, speech24k, startRealtimeHouse } from './testing/house.ts';
import { Recorded } from './testing/recorded.ts';

let house: TestApp;
beforeAll(async () => {
  house = await startRealtimeHouse();
});
afterAll(() => house.close());

const address = (): string => `${house.url.replace('http', 'ws')}/v1/realtime?model=any`;
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

async function connect(socket = new WebSocket(address(), bearer(API_KEY))) {
  const got = new Recorded();
  socket.on('message', (data) => got.put(JSON.parse(String(data)) as ServerEvent));
  await once(socket, 'open');
  return { socket, got, send: (event: object) => socket.send(JSON.stringify(event)) };
}

/** The status with which a connection is refused. */
const refusal = (socket: WebSocket): Promise<number | undefined> =>
  new Promise((resolve) => {
    socket.on('error', () => {});
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
  });

const secret = (session?: object, seconds = 60) =>
  new OpenAI({ apiKey: API_KEY, baseURL: `${house.url}/v1` }).realtime.clientSecrets.create({
    expires_after: { anchor: 'created_at', seconds },
    ...(session && { session: { type: 'realtime', ...session } }),
  });

describe('who may come in', () => {
  test('nobody without a key, nor with a wrong one, nor with a made-up secret', async () => {
    expect(await refusal(new WebSocket(address()))).toBe(401);
    expect(await refusal(new WebSocket(address(), bearer('sk-wrong')))).toBe(401);
    expect(await refusal(new WebSocket(address(), bearer('ek_0123456789')))).toBe(401);
    await expect(
      new OpenAI({ apiKey: 'sk-wrong', baseURL: `${house.url}/v1`, maxRetries: 0 }).realtime.clientSecrets.create({}),
    ).rejects.toThrow('401');
  });

  test('on a server of this machine alone, its own programs and no foreign page', async () => {
    const own = await startTestApp();
    const url = `${own.url.replace('http', 'ws')}/v1/realtime`;
    expect(await refusal(new WebSocket(url, { headers: { origin: 'https://foe.example' } }))).toBe(401);
    const rebound = { headers: { origin: 'http://foe.example', host: 'foe.example' } };
    expect(await refusal(new WebSocket(url, rebound))).toBe(401);
    const { socket, got } = await connect(new WebSocket(url));
    await got.until('session.created');
    socket.close();
    await own.close();
  });

  test('nobody by an address that is none; the server goes on', async () => {
    const socket = createConnection(Number(new URL(house.url).port), '127.0.0.1');
    socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    expect((await fetch(`${house.url}/healthz`)).status).toBe(200);
  });

  test('a page with a secret, given as a subprotocol; it finds the session that the secret was made for', async () => {
    const made = await secret({ instructions: 'Speak like a pirate.', audio: { input: { turn_detection: null } } });
    expect(made.value).toMatch(/^ek_/);
    expect(made.expires_at).toBeGreaterThan(Date.now() / 1000 + 50);
    const subprotocols = ['realtime', `openai-insecure-api-key.${made.value}`];
    const { socket, got } = await connect(new WebSocket(address(), subprotocols));
    expect(socket.protocol).toBe('realtime');
    expect((await got.until('session.created')).session).toMatchObject({
      instructions: 'Speak like a pirate.',
      audio: { input: { turn_detection: null } },
    });
    socket.close();
  });

  test('a program with a secret in the header', async () => {
    const { value } = await secret();
    const { socket, got } = await connect(new WebSocket(address(), bearer(value)));
    await got.until('session.created');
    socket.close();
  });
});

describe('a bare connection', () => {
  test('speaks and hears by telephone: G.711, 8 kHz', async () => {
    const { socket, got, send } = await connect();
    const format = { type: 'audio/pcmu' } as const;
    send({ type: 'session.update', session: { audio: { input: { format }, output: { format } } } });
    const samples = speech24k(2).filter((_, i) => i % 3 === 0);
    for (let at = 0; at < samples.length; at += 160)
      send({ type: 'input_audio_buffer.append', audio: encodeAudio(samples.slice(at, at + 160), format) });
    const { delta } = await got.until('response.output_audio.delta', 20);
    expect(Buffer.from(delta, 'base64')).toHaveLength(160);
    const stopped = await got.until('input_audio_buffer.speech_stopped');
    expect(stopped.audio_end_ms).toBeLessThanOrEqual(2000);
    socket.close();
  }, 20_000);

  test('is not answered where it asks for no responses, until it asks for one', async () => {
    const { socket, got, send } = await connect();
    const turn_detection = { type: 'server_vad', silence_duration_ms: 300, create_response: false };
    send({ type: 'session.update', session: { audio: { input: { turn_detection } } } });
    send({ type: 'input_audio_buffer.append', audio: encodeAudio(speech24k(1), { type: 'audio/pcm', rate: 24_000 }) });
    await got.until('conversation.item.input_audio_transcription.completed');
    expect(got.of('response.created')).toEqual([]);
    send({ type: 'response.create', response: { metadata: { topic: 'one' }, instructions: 'Only now.' } });
    expect((await got.until('response.created')).response).toMatchObject({
      object: 'realtime.response',
      status: 'in_progress',
      metadata: { topic: 'one' },
    });
    send({ type: 'response.create', event_id: 'again' });
    expect((await got.until('error')).error).toMatchObject({
      code: 'conversation_already_has_active_response',
      event_id: 'again',
    });
    socket.close();
  }, 20_000);

  test('sets how turns are found by its first updates, and is told what holds later', async () => {
    const { socket, got, send } = await connect();
    const detect = (turn_detection: object | null): void =>
      send({ type: 'session.update', session: { audio: { input: { turn_detection } } } });
    detect({ type: 'semantic_vad', eagerness: 'low' });
    detect({ type: 'server_vad', silence_duration_ms: 700 });
    send({ type: 'input_audio_buffer.clear' });
    await got.until('input_audio_buffer.cleared');
    detect(null);
    detect({ type: 'semantic_vad', eagerness: 'high' });
    await got.until('session.updated', 4);
    const held = got.of('session.updated').map(({ session }) => session.audio?.input);
    expect(held).toMatchObject([
      { turn_detection: { type: 'semantic_vad', eagerness: 'low' } },
      { turn_detection: { type: 'server_vad', silence_duration_ms: 700 } },
      { turn_detection: null },
      { turn_detection: { type: 'server_vad', silence_duration_ms: 700 } },
    ]);
    socket.close();
  });

  test('has the agent forget what it deletes, and know what it adds', async () => {
    const { socket, got, send } = await connect();
    const message = (role: string, text: string, id?: string): void =>
      send({
        type: 'conversation.item.create',
        item: {
          type: 'message',
          role,
          ...(id && { id }),
          content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
        },
      });
    message('system', 'The moon is full.');
    message('assistant', 'Welcome back.');
    message('user', 'never mind', 'mine');
    send({ type: 'conversation.item.delete', item_id: 'mine' });
    expect((await got.until('conversation.item.deleted')).item_id).toBe('mine');
    message('user', 'do you remember', 'yours');
    send({ type: 'response.create' });
    const { transcript } = await got.until('response.output_audio_transcript.done');
    expect(transcript).toContain('The moon is full.');
    expect(transcript).toContain('Welcome back.');
    expect(transcript).not.toContain('never mind');
    message('user', 'twice', 'yours');
    expect((await got.until('error')).error.code).toBe('item_already_exists');
    socket.close();
  }, 30_000);

  test('is answered in writing where its session says so, by voice when it asks for that, and may delete either', async () => {
    const { socket, got, send } = await connect();
    send({ type: 'session.update', session: { output_modalities: ['text'] } });
    const ask = (text: string, response?: object): void => {
      const content = [{ type: 'input_text', text }];
      send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      send({ type: 'response.create', ...(response && { response }) });
    };
    ask('hello');
    const { item_id, text } = await got.until('response.output_text.done');
    expect(text).toBe('You said hello. I will go on about that for a while.');
    await got.until('response.done');
    ask('do you remember', { output_modalities: ['audio'] });
    const { delta } = await got.until('response.output_audio_transcript.delta');
    expect(delta).toMatch(/^You/);
    send({ type: 'response.cancel' });
    await got.until('response.done', 2);
    send({ type: 'conversation.item.delete', item_id });
    await got.until('conversation.item.deleted');
    ask('do you remember');
    expect((await got.until('response.output_text.done', 2)).text).not.toContain('go on about that');
    await got.until('response.done', 3);
    const modalities = got.of('response.done').map(({ response }) => response.output_modalities);
    expect(modalities).toEqual([['text'], ['audio'], ['text']]);
    expect(got.of('error')).toEqual([]);
    socket.close();
  }, 30_000);

  test('cannot send what is no text, nor what is no JSON', async () => {
    const { socket, got, send } = await connect();
    socket.send('hello?');
    expect((await got.until('error')).error.code).toBe('invalid_json');
    send({ type: 'session.update', session: { output_modalities: ['text', 'audio'] } });
    expect((await got.until('error', 2)).error).toMatchObject({
      code: 'invalid_value',
      param: 'session.output_modalities',
    });
    socket.send(Buffer.from([1, 2, 3]));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1003);
  });

  test('is let go at once where there is no place for it, and is told why', async () => {
    const own = await startRealtimeHouse({ limits: { rooms: 1 } });
    const url = `${own.url.replace('http', 'ws')}/v1/realtime`;
    const clear = { type: 'input_audio_buffer.clear' };
    const first = await connect(new WebSocket(url, bearer(API_KEY)));
    first.send(clear);
    await first.got.until('input_audio_buffer.cleared');
    const { socket, got, send } = await connect(new WebSocket(url, bearer(API_KEY)));
    const closed = once(socket, 'close');
    send(clear);
    expect((await got.until('error')).error.code).toBe('unavailable');
    const [code] = await closed;
    expect(code).toBe(1013);
    await own.close();
  });

  test('leaves no room behind', async () => {
    const own = await startRealtimeHouse();
    const url = `${own.url.replace('http', 'ws')}/v1/realtime`;
    const { socket, got, send } = await connect(new WebSocket(url, bearer(API_KEY)));
    const logged = async (msg: string): Promise<unknown> => {
      for (;;) {
        const line = await own.logged.next();
        if (line.msg === msg) return line.room;
      }
    };
    send({ type: 'input_audio_buffer.clear' });
    await got.until('input_audio_buffer.cleared');
    const room = await logged('room opened');
    socket.close();
    expect(await logged('room closed')).toBe(room);
    await own.close();
  });
});
