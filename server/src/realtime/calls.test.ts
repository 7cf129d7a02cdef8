// A client by WebRTC without a browser: real ICE, DTLS, SRTP and SCTP to the real SFU, scripted engines behind it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManualClock, opusClip, speechClip } from '@parley/agent/testing';
import OpenAI from 'openai';
import type { TestApp } from '../testing/app.ts';
import { CHROMIUM } from './sdp/testing/offers.ts';
import { API_KEY, startRealtimeHouse } from './testing/house.ts';
import { WebRtcClient } from './testing/web-rtc-client.ts';

let house: TestApp;
let speech: Uint8Array[];
let silence: Uint8Array[];
beforeAll(async () => {
  house = await startRealtimeHouse();
  speech = await opusClip(speechClip('jfk').samples.slice(0, 16_000 * 2));
  silence = await opusClip(new Int16Array(16_000));
});
afterAll(() => house.close());

const call = (options: { key?: string; session?: object; events?: boolean } = {}): Promise<WebRtcClient> =>
  WebRtcClient.call({ url: house.url, key: API_KEY, ...options });

/** Resolves with the room that a line of the log is about. */
async function logged(msg: string): Promise<unknown> {
  for (;;) {
    const line = await house.logged.next();
    if (line.msg === msg) return line.room;
  }
}

const write = (client: WebRtcClient, text: string): void => {
  client.send({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
  });
  client.send({ type: 'response.create' });
};

describe('a client by WebRTC', () => {
  test('is greeted over its data channel, is heard, and hears the answer by its track', async () => {
    const client = await call();
    expect(client.id).toMatch(/^rtc_/);
    expect((await client.got.until('session.created')).session).toMatchObject({ object: 'realtime.session' });
    await client.say([...silence, ...speech, ...silence]);
    await client.got.until('output_audio_buffer.started');
    await client.got.until('response.output_audio_transcript.delta', 3);
    expect(client.got.order(2).slice(0, 13)).toEqual([
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'conversation.item.input_audio_transcription.delta',
      'conversation.item.input_audio_transcription.completed',
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'output_audio_buffer.started',
    ]);
    const [started] = client.got.of('input_audio_buffer.speech_started');
    expect(started?.audio_start_ms).toBeGreaterThan(500);
    expect(client.packets).toBeGreaterThan(20);
    expect([...client.payloadTypes]).toEqual([109]);
    client.send({ type: 'output_audio_buffer.clear' });
    await client.got.until('output_audio_buffer.cleared');
    expect(client.got.of('response.output_audio.delta')).toEqual([]);
    expect(client.got.of('error')).toEqual([]);
    await client.close();
  }, 30_000);

  test('that says nothing about its session finds the one that its secret was made for', async () => {
    const made = await new OpenAI({ apiKey: API_KEY, baseURL: `${house.url}/v1` }).realtime.clientSecrets.create({
      session: { type: 'realtime', instructions: 'Speak like a pirate.' },
    });
    const client = await call({ key: made.value });
    const { session } = await client.got.until('session.created');
    expect(session).toMatchObject({ instructions: 'Speak like a pirate.' });
    write(client, 'do you remember');
    await client.got.until('response.output_audio_transcript.delta', 2);
    expect(client.got.of('response.output_audio_transcript.delta')[0]?.delta).toContain('Speak');
    await client.close();
  }, 30_000);

  test('sends its session with the offer, and finds turns itself: what it commits is recognised', async () => {
    const client = await call({ session: { type: 'realtime', audio: { input: { turn_detection: null } } } });
    const { session } = await client.got.until('session.created');
    expect(session).toMatchObject({ audio: { input: { turn_detection: null } } });
    client.send({ type: 'input_audio_buffer.clear' });
    await client.got.until('input_audio_buffer.cleared');
    await client.say([...speech, ...silence]);
    client.send({ type: 'input_audio_buffer.commit' });
    client.send({ type: 'response.create' });
    const { transcript } = await client.got.until('conversation.item.input_audio_transcription.completed');
    expect(['tell me a story', 'how is the weather']).toContain(transcript);
    await client.got.until('response.created');
    expect(client.got.of('input_audio_buffer.speech_started')).toEqual([]);
    expect(client.got.of('error')).toEqual([]);
    await client.close();
  }, 30_000);

  test('is answered in writing where its session says so, and then by voice again', async () => {
    const client = await call({ session: { type: 'realtime', output_modalities: ['text'] } });
    const { session } = await client.got.until('session.created');
    expect(session).toMatchObject({ output_modalities: ['text'] });
    write(client, 'hello');
    const { text } = await client.got.until('response.output_text.done');
    expect(text).toMatch(/^You said hello\. /);
    await client.got.until('response.done');
    expect(client.got.events.filter(({ type }) => type.includes('audio'))).toEqual([]);
    client.send({ type: 'session.update', session: { output_modalities: ['audio'] } });
    write(client, 'hello again');
    await client.got.until('output_audio_buffer.started');
    await client.close();
  }, 30_000);

  test('runs a function, is answered with its output, and keeps of what it cuts the words that were heard', async () => {
    const client = await call();
    const tool = { type: 'function', name: 'get_weather', description: 'The weather', parameters: { type: 'object' } };
    client.send({ type: 'session.update', session: { tools: [tool] } });
    write(client, 'the weather please');
    const { call_id } = await client.got.until('response.function_call_arguments.done');
    await client.got.until('response.done');
    const output = { type: 'function_call_output', call_id, output: 'sunny' };
    client.send({ type: 'conversation.item.create', item: output });
    client.send({ type: 'response.create' });
    const { response } = await client.got.until('response.done', 2);
    expect(response.output).toMatchObject([{ content: [{ transcript: 'It is sunny there.' }] }]);
    await client.got.until('output_audio_buffer.stopped', 2);

    write(client, 'hello there');
    await client.got.until('response.output_audio_transcript.delta', 13);
    client.send({ type: 'response.cancel' });
    const cut = await client.got.until('response.done', 3);
    expect(cut.response.status_details).toEqual({ type: 'cancelled', reason: 'client_cancelled' });
    const item_id = cut.response.output?.[0]?.id as string;
    client.send({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 420 });
    await client.got.until('conversation.item.truncated');
    client.send({ type: 'conversation.item.retrieve', item_id });
    expect((await client.got.until('conversation.item.retrieved')).item).toMatchObject({
      content: [{ transcript: 'You said' }],
    });
    expect(client.got.of('error')).toEqual([]);
    await client.close();
  }, 30_000);

  test('is told what it cannot send this way, and goes on', async () => {
    const client = await call();
    await client.got.until('session.created');
    client.send({ type: 'input_audio_buffer.append', event_id: 'e1', audio: 'AAAA' });
    expect((await client.got.until('error')).error).toMatchObject({
      code: 'unsupported_value',
      event_id: 'e1',
      message: expect.stringContaining('track'),
    });
    client.send({ type: 'output_audio_buffer.clear' });
    client.send({ type: 'no.such.event' });
    expect((await client.got.until('error', 2)).error.code).toBe('invalid_event_type');
    await client.close();
  }, 30_000);

  test('without a data channel is heard and answered all the same', async () => {
    const client = await call({ events: false });
    await logged('room opened');
    await client.say([...silence, ...speech, ...silence]);
    expect(client.packets).toBeGreaterThan(20);
    await client.close();
  }, 30_000);
});

describe('a call', () => {
  test('ends with its room when the client leaves, and the room is gone', async () => {
    const client = await call();
    await client.got.until('session.created');
    const room = await logged('room opened');
    await client.close();
    expect(await logged('room closed')).toBe(room);
  }, 30_000);

  test('ends when somebody with a key hangs up', async () => {
    const client = await call();
    await client.got.until('session.created');
    const room = await logged('room opened');
    const hangUp = (): Promise<Response> =>
      fetch(`${house.url}/v1/realtime/calls/${client.id}/hangup`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}` },
      });
    expect((await hangUp()).status).toBe(200);
    expect(await logged('room closed')).toBe(room);
    await client.ended();
    expect((await hangUp()).status).toBe(404);
    await client.close();
  }, 30_000);

  test('is not to be had without a key, with a secret that is made up, nor with an offer that is none', async () => {
    const post = async (key: string | undefined, body: string | FormData, type?: string) => {
      const answer = await fetch(`${house.url}/v1/realtime/calls`, {
        method: 'POST',
        headers: { ...(key && { authorization: `Bearer ${key}` }), ...(type && { 'content-type': type }) },
        body,
      });
      return [answer.status, ((await answer.json()) as { error?: { code: string } }).error?.code];
    };
    const sdp = 'application/sdp';
    expect(await post(undefined, CHROMIUM, sdp)).toEqual([401, 'unauthorized']);
    expect(await post('ek_0123456789', CHROMIUM, sdp)).toEqual([401, 'unauthorized']);
    expect(await post(API_KEY, 'v=0\r\nhello', sdp)).toEqual([400, 'invalid_offer']);
    const form = new FormData();
    form.set('sdp', CHROMIUM);
    form.set('session', JSON.stringify({ type: 'realtime', output_modalities: ['text', 'audio'] }));
    expect(await post(API_KEY, form)).toEqual([400, 'invalid_value']);
    form.set('session', '{');
    expect(await post(API_KEY, form)).toEqual([400, 'invalid_value']);
    expect(await post(API_KEY, 'no form', 'multipart/form-data; boundary=x')).toEqual([400, 'invalid_value']);
  });

  test('whose client never comes keeps no place', async () => {
    const clock = new ManualClock();
    const own = await startRealtimeHouse({ limits: { rooms: 1 } }, { clock });
    const post = (): Promise<Response> =>
      fetch(`${own.url}/v1/realtime/calls`, {
        method: 'POST',
        headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/sdp' },
        body: CHROMIUM,
      });
    expect((await post()).status).toBe(201);
    expect((await post()).status).toBe(503);
    await clock.advance(20_000);
    expect((await post()).status).toBe(201);
    await own.close();
  });

  test('may be made by pages of the sites that may call, which ask before', async () => {
    const own = await startRealtimeHouse({ server: { allowedOrigins: ['https://shop.example'] } });
    const ask = (origin: string, method: string): Promise<Response> =>
      fetch(`${own.url}/v1/realtime/calls`, { method, headers: { origin } });
    const { status, headers } = await ask('https://shop.example', 'OPTIONS');
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, 'https://shop.example']);
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization, content-type/);
    const foe = await ask('https://foe.example', 'OPTIONS');
    expect(foe.headers.get('access-control-allow-origin')).toBeNull();
    const made = await ask('https://shop.example', 'POST');
    expect(made.headers.get('access-control-expose-headers')).toBe('location');
    await own.close();
  });
});
