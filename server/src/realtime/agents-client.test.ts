// The OpenAI Agents SDK's realtime session over WebSocket, unmodified: only its URL is ours.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
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

const asked: string[] = [];
const weather = tool({
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => {
    asked.push(city);
    return 'snowy';
  },
});

async function connect() {
  const url = `${house.url.replace('http', 'ws')}/v1/realtime?model=gpt-realtime`;
  const transport = new OpenAIRealtimeWebSocket({ url });
  const agent = new RealtimeAgent({ name: 'Guide', instructions: 'Be brief.', tools: [weather] });
  const session = new RealtimeSession(agent, { transport });
  const got = new Recorded();
  const errors: unknown[] = [];
  transport.on('*', (event) => got.put(event as unknown as ServerEvent));
  session.on('error', (error) => errors.push(error));
  await session.connect({ apiKey: API_KEY, url });
  return { session, transport, got, errors };
}

const words = (session: RealtimeSession): string[] =>
  session.history.flatMap((item) =>
    item.type === 'message'
      ? [
          `${item.role}: ${item.content.map((part) => ('transcript' in part ? part.transcript : 'text' in part ? part.text : '')).join('')}`,
        ]
      : [],
  );

describe('the Agents SDK', () => {
  test('has its session as it wants it', async () => {
    const { session, got, errors } = await connect();
    const { session: told } = await got.until('session.updated', 2);
    expect(told).toMatchObject({
      instructions: 'Be brief.',
      tools: [{ type: 'function', name: 'get_weather' }],
      audio: { input: { turn_detection: { type: 'semantic_vad' } } },
    });
    expect(errors).toEqual([]);
    session.close();
  });

  test('runs its tool, and its history has the conversation', async () => {
    const { session, got, errors } = await connect();
    session.sendMessage('how is the weather');
    await got.until('response.done', 2);
    expect(asked).toEqual(['Oslo']);
    expect(words(session)).toEqual(['user: how is the weather', 'assistant: It is snowy there.']);
    expect(errors).toEqual([]);
    session.close();
  }, 30_000);

  test('is spoken to, plays the answer, and is interrupted in it', async () => {
    const { session, transport, got, errors } = await connect();
    let played = 0;
    let interrupted = 0;
    transport.on('audio', ({ data }) => {
      played += data.byteLength / 48;
    });
    session.on('audio_interrupted', () => {
      interrupted++;
    });
    const say = (seconds: number): void => session.sendAudio(speech24k(seconds).buffer as ArrayBuffer);
    say(2);
    await got.until('response.output_audio_transcript.delta', 4);
    expect(played).toBeGreaterThan(300);
    say(3);
    const { response } = await got.until('response.done');
    expect(response.status_details).toEqual({ type: 'cancelled', reason: 'turn_detected' });
    expect(interrupted).toBe(1);
    const { item_id, audio_end_ms } = await got.until('conversation.item.truncated');
    expect(item_id).toBe(response.output?.[0]?.id);
    expect(audio_end_ms).toBeLessThanOrEqual(played);
    await got.until('conversation.item.retrieved', 2);
    const [user, assistant] = words(session);
    expect(user).toBe('user: tell me a story');
    expect('assistant: You said tell me a story. I will go on about that for a while.').toContain(assistant);
    expect(errors).toEqual([]);
    session.close();
  }, 30_000);
});
