// The `openai` package's realtime client, unmodified: only its base URL is ours.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { TestApp } from '../testing/app.ts';
import { API_KEY, base64Of, speech24k, startRealtimeHouse, startTls, type TlsFront } from './testing/house.ts';
import { Recorded } from './testing/recorded.ts';

let house: TestApp;
let front: TlsFront;
beforeAll(async () => {
  house = await startRealtimeHouse();
  front = await startTls(house.url);
});
afterAll(async () => {
  front.close();
  await house.close();
});

const TOOL = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const;

async function connect(apiKey = API_KEY) {
  const client = new OpenAI({ apiKey, baseURL: `${front.url}/v1` });
  const realtime = new OpenAIRealtimeWS({ model: 'gpt-realtime', options: { rejectUnauthorized: false } }, client);
  const got = new Recorded();
  realtime.on('event', got.put);
  realtime.on('error', () => {});
  await got.until('session.created');
  return { realtime, got };
}

describe('the OpenAI client', () => {
  test('is greeted with its session, and changes it', async () => {
    const { realtime, got } = await connect();
    expect(got.of('session.created')[0]?.session).toMatchObject({
      object: 'realtime.session',
      type: 'realtime',
      model: 'gpt-realtime',
      output_modalities: ['audio'],
      audio: { input: { format: { type: 'audio/pcm', rate: 24_000 }, turn_detection: { type: 'semantic_vad' } } },
    });
    const audio = { input: { turn_detection: null }, output: { voice: 'marin', speed: 1.2 } } as const;
    realtime.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Be brief.', audio } });
    expect((await got.until('session.updated')).session).toMatchObject({
      instructions: 'Be brief.',
      audio: { input: { turn_detection: null }, output: { voice: 'marin', speed: 1.2 } },
    });
    expect(got.order()).toEqual(['session.created', 'conversation.created', 'session.updated']);
    realtime.close();
  });

  test('speaks, is answered in the documented order, and interrupts', async () => {
    const { realtime, got } = await connect();
    realtime.send({
      type: 'session.update',
      session: {
        type: 'realtime',
        audio: { input: { turn_detection: { type: 'server_vad', silence_duration_ms: 300 } } },
      },
    });
    const say = (seconds: number): void =>
      realtime.send({ type: 'input_audio_buffer.append', audio: base64Of(speech24k(seconds)) });
    say(2);
    await got.until('response.output_audio_transcript.delta', 3);
    expect(got.order(3).slice(0, 14)).toEqual([
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
      'response.output_audio.delta',
    ]);
    const [started] = got.of('input_audio_buffer.speech_started');
    const [stopped] = got.of('input_audio_buffer.speech_stopped');
    const [committed] = got.of('input_audio_buffer.committed');
    expect(started?.audio_start_ms).toBeLessThan(stopped?.audio_end_ms as number);
    expect(stopped?.audio_end_ms).toBeLessThanOrEqual(2000);
    expect(new Set([started?.item_id, stopped?.item_id, committed?.item_id]).size).toBe(1);
    expect(got.of('conversation.item.input_audio_transcription.completed')[0]?.transcript).toBe('tell me a story');
    const [, reply] = got.of('conversation.item.added');
    expect(reply).toMatchObject({ previous_item_id: committed?.item_id, item: { role: 'assistant' } });

    const before = got.events.length;
    say(3);
    const done = await got.until('response.done');
    expect(done.response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      usage: { output_token_details: { audio_tokens: expect.any(Number) } },
    });
    await got.until('input_audio_buffer.speech_stopped', 2);
    const order = got.order(before);
    const after = order.slice(order.indexOf('input_audio_buffer.speech_started'));
    expect(after.slice(0, 9)).toEqual([
      'input_audio_buffer.speech_started',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
      'output_audio_buffer.cleared',
      'input_audio_buffer.speech_stopped',
    ]);
    const heard = got.of('response.output_audio_transcript.done')[0]?.transcript as string;
    expect('You said tell me a story. I will go on about that for a while.').toContain(heard);
    expect(heard).toBe(
      got
        .of('response.output_audio_transcript.delta')
        .filter(({ response_id }) => response_id === done.response.id)
        .map(({ delta }) => delta)
        .join(''),
    );
    realtime.close();
  }, 30_000);

  test('truncates what it has not played: the item and the agent keep the words that were heard', async () => {
    const { realtime, got } = await connect();
    const write = (text: string): void => {
      const content: { type: 'input_text'; text: string }[] = [{ type: 'input_text', text }];
      realtime.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      realtime.send({ type: 'response.create' });
    };
    write('hello there');
    await got.until('response.output_audio.delta', 60);
    realtime.send({ type: 'response.cancel' });
    const { response } = await got.until('response.done');
    expect(response.status_details).toEqual({ type: 'cancelled', reason: 'client_cancelled' });
    const [item] = response.output ?? [];
    const item_id = item?.id as string;
    realtime.send({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 420 });
    expect(await got.until('conversation.item.truncated')).toMatchObject({ item_id, audio_end_ms: 420 });
    realtime.send({ type: 'conversation.item.retrieve', item_id });
    expect((await got.until('conversation.item.retrieved')).item).toMatchObject({
      content: [{ type: 'output_audio', transcript: 'You said' }],
    });
    write('do you remember');
    const answered = await got.until('response.done', 2);
    expect(answered.response).toMatchObject({ status: 'completed', status_details: { type: 'completed' } });
    const { transcript } = got.of('response.output_audio_transcript.done')[1] as { transcript: string };
    expect(transcript).toMatch(/ \| hello there \| You said \| do you remember$/);
    realtime.close();
  }, 30_000);

  test('runs a function, and the answer goes on with its output', async () => {
    const { realtime, got } = await connect();
    realtime.send({ type: 'session.update', session: { type: 'realtime', tools: [TOOL] } });
    const content = [{ type: 'input_text', text: 'the weather please' }] as const;
    realtime.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content: [...content] } });
    realtime.send({ type: 'response.create' });
    const { arguments: args, call_id } = await got.until('response.function_call_arguments.done');
    expect(JSON.parse(args)).toEqual({ city: 'Oslo' });
    const first = await got.until('response.done');
    expect(first.response.status).toBe('completed');
    const call = first.response.output?.find(({ type }) => type === 'function_call');
    expect(first.response.output).toMatchObject([
      { type: 'function_call' },
      { type: 'message', content: [{ transcript: 'Let me look.' }] },
    ]);
    expect(call).toMatchObject({ type: 'function_call', name: 'get_weather', call_id, status: 'completed' });
    realtime.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id, output: 'sunny' },
    });
    realtime.send({ type: 'response.create' });
    const second = await got.until('response.done', 2);
    expect(second.response.output).toMatchObject([
      { type: 'message', content: [{ type: 'output_audio', transcript: 'It is sunny there.' }] },
    ]);
    expect(second.response.id).not.toBe(first.response.id);
    expect(got.of('error')).toEqual([]);
    realtime.close();
  }, 30_000);

  test('is answered in writing where it asks for text: nothing is spoken, and the agent remembers it', async () => {
    const { realtime, got } = await connect();
    realtime.send({ type: 'session.update', session: { type: 'realtime', tools: [TOOL] } });
    const write = (text: string, output_modalities: ('text' | 'audio')[]): void => {
      const content: { type: 'input_text'; text: string }[] = [{ type: 'input_text', text }];
      realtime.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
      realtime.send({ type: 'response.create', response: { output_modalities } });
    };
    await got.until('session.updated');
    write('hello there', ['text']);
    const { response } = await got.until('response.done');
    expect(got.order(got.events.findIndex(({ type }) => type === 'response.created'))).toEqual([
      'response.created',
      'rate_limits.updated',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'conversation.item.done',
      'response.done',
    ]);
    const text = 'You said hello there. I will go on about that for a while.';
    const deltas = got.of('response.output_text.delta').map(({ delta }) => delta);
    expect(deltas.length).toBeGreaterThan(5);
    expect(deltas.join('')).toBe(text);
    expect(response).toMatchObject({
      status: 'completed',
      output_modalities: ['text'],
      output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }],
      usage: { output_token_details: { audio_tokens: 0, text_tokens: 15 } },
    });

    write('the weather please', ['text']);
    const { call_id } = await got.until('response.function_call_arguments.done');
    await got.until('response.done', 2);
    realtime.send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id, output: 'sunny' },
    });
    realtime.send({ type: 'response.create' });
    expect((await got.until('response.done', 3)).response.output).toMatchObject([
      { content: [{ type: 'output_text', text: 'It is sunny there.' }] },
    ]);
    const written = got.of('response.output_text.done').map((done) => done.text);
    expect(written).toEqual([text, 'Let me look.', 'It is sunny there.']);
    expect(got.events.filter(({ type }) => type.includes('audio'))).toEqual([]);

    write('do you remember', ['audio']);
    const { transcript } = await got.until('response.output_audio_transcript.done');
    expect(transcript).toContain(`hello there | ${text} | the weather please`);
    realtime.close();
  }, 60_000);

  test('finds turns itself: what it commits is recognised, and answered when it says so', async () => {
    const { realtime, got } = await connect();
    realtime.send({
      type: 'session.update',
      session: { type: 'realtime', audio: { input: { turn_detection: null } } },
    });
    realtime.send({ type: 'input_audio_buffer.commit', event_id: 'too-soon' });
    expect((await got.until('error')).error).toMatchObject({
      type: 'invalid_request_error',
      code: 'input_audio_buffer_commit_empty',
      event_id: 'too-soon',
    });
    realtime.send({ type: 'input_audio_buffer.append', audio: base64Of(speech24k(1)) });
    realtime.send({ type: 'input_audio_buffer.clear' });
    await got.until('input_audio_buffer.cleared');
    realtime.send({ type: 'input_audio_buffer.append', audio: base64Of(speech24k(1)) });
    realtime.send({ type: 'input_audio_buffer.commit' });
    realtime.send({ type: 'response.create' });
    const { transcript } = await got.until('conversation.item.input_audio_transcription.completed');
    expect(['tell me a story', 'how is the weather']).toContain(transcript);
    await got.until('response.output_audio.delta');
    realtime.send({ type: 'output_audio_buffer.clear' });
    await got.until('output_audio_buffer.cleared');
    expect(got.of('input_audio_buffer.speech_started')).toEqual([]);
    realtime.close();
  }, 30_000);

  test('is told what it did wrong, and goes on', async () => {
    const { realtime, got } = await connect();
    const wrong: [object, string][] = [
      [{ type: 'no.such.event', event_id: 'e1' }, 'invalid_event_type'],
      [{ type: 'response.cancel' }, 'response_cancel_not_active'],
      [{ type: 'conversation.item.retrieve', item_id: 'item_none' }, 'item_not_found'],
      [{ type: 'input_audio_buffer.append', audio: '' }, 'invalid_value'],
      [{ type: 'response.create', response: { conversation: 'none' } }, 'unsupported_value'],
      [
        { type: 'conversation.item.create', item: { type: 'function_call_output', call_id: 'x', output: '' } },
        'invalid_tool_call_id',
      ],
    ];
    for (const [event] of wrong) realtime.send(event as never);
    await got.until('error', wrong.length);
    expect(got.of('error').map(({ error }) => error.code)).toEqual(wrong.map(([, code]) => code));
    expect(got.of('error')[0]?.error.event_id).toBe('e1');
    realtime.close();
  });
});
