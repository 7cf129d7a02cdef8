// Mastra's realtime voice, unmodified: only its URL is ours.
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpenAIRealtimeVoice } from '@mastra/voice-openai-realtime';
import * as z from 'zod';
import type { TestApp } from '../testing/app.ts';
import type { ServerEvent } from './protocol.ts';
import { API_KEY, speech24k, startRealtimeHouse } from './testing/house.ts';
import { Recorded } from './testing/recorded.ts';

let house: TestApp;
beforeAll(async () => {
  house = await startRealtimeHouse();
});
afterAll(() => house.close());

const TYPES: readonly ServerEvent['type'][] = [
  'session.updated',
  'input_audio_buffer.speech_started',
  'response.created',
  'response.output_audio.delta',
  'response.done',
  'conversation.item.truncated',
  'conversation.item.retrieved',
  'error',
];

async function connect() {
  const url = `${house.url.replace('http', 'ws')}/v1/realtime`;
  const voice = new OpenAIRealtimeVoice({ url, apiKey: API_KEY, model: 'gpt-realtime' });
  const got = new Recorded();
  const written: string[] = [];
  const asked: unknown[] = [];
  voice.on('writing', (writing) => written.push(`${writing.role}: ${writing.text}`));
  for (const type of TYPES) voice.on(`openAIRealtime:${type}`, (event) => got.put(event as unknown as ServerEvent));
  voice.addInstructions('Be brief.');
  voice.addTools({
    get_weather: {
      id: 'get_weather',
      description: 'The weather in a city',
      inputSchema: z.object({ city: z.string() }),
      execute: async (args: unknown) => {
        asked.push(args);
        return 'rainy';
      },
    },
  } as never);
  await voice.connect();
  const words = (role: string): string =>
    written
      .filter((each) => each.startsWith(role))
      .map((each) => each.slice(role.length + 2))
      .join('');
  return { voice, got, asked, words };
}

describe("Mastra's voice", () => {
  test('runs its tool and goes on', async () => {
    const { voice, got, asked, words } = await connect();
    expect((await got.until('session.updated')).session).toMatchObject({ instructions: 'Be brief.' });
    voice.sendEvent('conversation.item.create', {
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'how is the weather' }] },
    });
    voice.sendEvent('response.create');
    const { response } = await got.until('response.done', 2);
    expect(asked).toEqual([{ city: 'Oslo' }]);
    expect(response.status).toBe('completed');
    expect(words('assistant')).toBe('It is "rainy" there.\n');
    expect(got.of('error')).toEqual([]);
    voice.disconnect();
  }, 30_000);

  test('streams a microphone, is answered, interrupts and truncates', async () => {
    const { voice, got, words } = await connect();
    const microphone = new PassThrough();
    await voice.send(microphone as never);
    const { buffer } = speech24k(2);
    microphone.write(Buffer.from(buffer));
    await got.until('response.output_audio.delta', 40);
    expect(words('user')).toBe('tell me a story\n');
    microphone.write(Buffer.from(speech24k(3).buffer));
    await got.until('input_audio_buffer.speech_started', 2);
    const { response } = await got.until('response.done');
    expect(response.status_details).toEqual({ type: 'cancelled', reason: 'turn_detected' });
    const item_id = response.output?.[0]?.id as string;
    voice.sendEvent('conversation.item.truncate', { item_id, content_index: 0, audio_end_ms: 420 });
    await got.until('conversation.item.truncated');
    voice.sendEvent('conversation.item.retrieve', { item_id });
    expect((await got.until('conversation.item.retrieved')).item).toMatchObject({
      content: [{ type: 'output_audio', transcript: 'You said' }],
    });
    expect(got.of('error')).toEqual([]);
    voice.disconnect();
  }, 30_000);
});
