// A page of another site with the OpenAI Agents SDK as it is published, by WebRTC: only its URL is ours.
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { OpenAiServer, speechClip } from '@parley/agent/testing';
import type { Browser, Page } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { RunningServer } from './support/server.ts';
import { Site } from './support/site.ts';
import { audibleMs, likeness } from './support/sound.ts';

interface Talk {
  readonly asked: string[];
  readonly errors: string[];
  readonly events: Record<string, unknown>[];
  readonly session: { close(): void; interrupt(): void };
  readonly callId: string;
  readonly status: string;
  count(type: string): number;
  words(): string[];
}

declare global {
  interface Window {
    connect(url: string, secret: string): Promise<void>;
    talk: Talk;
  }
}

const PATIENCE_MS = 120_000;
const KEY = 'the-key-of-the-shop';
const SDK = new URL('../node_modules/@openai/agents-realtime/dist/bundle/', import.meta.url);
const PAGE = new URL('support/agents-sdk-page.html', import.meta.url);
const COUNTING = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.';
const SAID = ['how is the weather', 'please count for me', 'that is enough'];
/** Human speech stands for the voice, so that what the page hears can be told from anything else. */
const VOICE = speechClip('jfk');

interface Message {
  readonly role: string;
  readonly content: string;
}

/** Like the clip, at the 24 kHz that OpenAI's PCM has. */
const voiceAt24k = Int16Array.from({ length: Math.floor(VOICE.samples.length * 1.5) }, (_, i) => {
  const at = i / 1.5;
  const left = VOICE.samples[Math.floor(at)] ?? 0;
  return left + ((VOICE.samples[Math.ceil(at)] ?? left) - left) * (at % 1);
});

function chat({ body }: { body: Record<string, unknown> }) {
  const { role, content } = (body.messages as Message[]).at(-1) as Message;
  if (role === 'tool') return { text: `It is ${content}.` };
  if (content.includes('weather')) return { toolCalls: [{ id: 'w', name: 'get_weather', args: '{"city":"Oslo"}' }] };
  return { text: content.includes('count') ? COUNTING : 'All right.' };
}

describe('a page with the OpenAI Agents SDK', () => {
  let browser: Browser;
  let server: RunningServer;
  let openai: OpenAiServer;
  let shop: Site;

  beforeAll(async () => {
    openai = await OpenAiServer.start({
      transcribe: ({ index }) => ({ text: SAID[index] ?? 'good' }),
      chat,
      speak: ({ body }) => ({ samples: body.input === COUNTING ? voiceAt24k : voiceAt24k.subarray(0, 24_000) }),
    });
    shop = await Site.start(PAGE, { sdk: SDK });
    [browser, server] = await Promise.all([
      launchChromium(),
      RunningServer.start({
        OPENAI_API_KEY: 'sk-test',
        OPENAI_BASE_URL: openai.url,
        PARLEY_SERVER_API_TOKEN: KEY,
        PARLEY_SERVER_ALLOWED_ORIGINS: shop.url,
        PARLEY_DEMO: 'off',
      }),
    ]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await openai?.close();
    shop?.close();
  });

  /** As the shop's own server would. */
  async function secret(): Promise<string> {
    const answer = await fetch(`${server.url}/v1/realtime/client_secrets`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ session: { type: 'realtime' } }),
    });
    return ((await answer.json()) as { value: string }).value;
  }

  async function open(): Promise<PageCaller> {
    const caller = await PageCaller.open(browser, shop.url);
    await caller.page.waitForFunction(() => 'connect' in window);
    return caller;
  }

  const until = (page: Page, type: string, count = 1): Promise<unknown> =>
    page.waitForFunction(([name, most]) => window.talk.count(name) >= most, [type, count] as const);

  browserTest(
    'talks by WebRTC: is heard, runs its function, answers aloud, and is interrupted',
    async () => {
      const caller = await open();
      const { page } = caller;
      const url = `${server.url}/v1/realtime/calls`;
      await page.evaluate(([to, value]) => window.connect(to, value), [url, await secret()] as const);
      expect(await page.evaluate(() => [window.talk.status, window.talk.callId.slice(0, 4)])).toEqual([
        'connected',
        'rtc_',
      ]);

      await caller.say('goforward');
      await until(page, 'output_audio_buffer.stopped');
      expect(await page.evaluate(() => window.talk.asked)).toEqual(['Oslo']);
      await caller.takeHeard();

      await caller.say('goforward');
      await page.waitForFunction(() => window.talk.events.some(({ delta }) => delta === ' four'));
      await caller.say('harvard-1');
      await until(page, 'output_audio_buffer.cleared');
      await page.waitForFunction(() => window.talk.words().includes('assistant: All right.'));
      const heard = await caller.takeHeard();
      expect(audibleMs(heard, HEARD_RATE)).toBeGreaterThan(1500);
      expect(likeness(heard, HEARD_RATE, voiceAt24k.subarray(0, 24_000 * 2), 24_000)).toBeGreaterThan(0.75);

      const { words, errors, audio } = await page.evaluate(() => ({
        words: window.talk.words(),
        errors: window.talk.errors,
        audio: window.talk.count('response.output_audio.delta'),
      }));
      const cut = words[3]?.replace('assistant: ', '') ?? '';
      expect(words).toEqual([
        ...['user: how is the weather', 'assistant: It is snowy.'],
        ...['user: please count for me', `assistant: ${cut}`],
        ...['user: that is enough', 'assistant: All right.'],
      ]);
      expect(cut).toMatch(/^one two three four/);
      expect(COUNTING.startsWith(cut) && cut.length < COUNTING.length).toBe(true);
      expect([errors, audio]).toEqual([[], 0]);
      const messages = openai.to('chat/completions').at(-1)?.body.messages as Message[];
      expect(messages.findLast(({ role }) => role === 'assistant')?.content).toBe(cut);
      expect(messages[0]?.content).toContain('Be brief.');

      await page.evaluate(() => window.talk.session.close());
      await page.waitForFunction(() => window.talk.status === 'disconnected');
      await roomsAre(0);
      expect(caller.problems).toEqual([]);
      await caller.close();
    },
    PATIENCE_MS,
  );

  browserTest(
    'is told when somebody hangs up, and why it cannot call',
    async () => {
      const caller = await open();
      const { page } = caller;
      const url = `${server.url}/v1/realtime/calls`;
      await page.evaluate(([to, value]) => window.connect(to, value), [url, await secret()] as const);
      const id = await page.evaluate(() => window.talk.callId);
      const headers = { authorization: `Bearer ${KEY}` };
      expect((await fetch(`${url}/${id}/hangup`, { method: 'POST', headers })).status).toBe(200);
      await page.waitForFunction(() => window.talk.status === 'disconnected');
      const why = page.evaluate((to) => window.connect(to, 'ek_00').catch((error) => String(error)), url);
      expect(await why).toMatch(/401: the client secret is unknown or has expired/);
      await caller.close();
    },
    PATIENCE_MS,
  );

  async function roomsAre(count: number): Promise<void> {
    const headers = { authorization: `Bearer ${KEY}` };
    for (;;) {
      const { rooms } = (await (await fetch(`${server.url}/v1/rooms`, { headers })).json()) as { rooms: unknown[] };
      if (rooms.length === count) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
});
