import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { OpenAiServer, speechClip } from '@parley/agent/testing';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { RunningServer } from './support/server.ts';
import { audibleMs, likeness } from './support/sound.ts';

const PATIENCE_MS = 90_000;
const LONG_ANSWER = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.';
/** Human speech stands for the voice, so that what the page hears can be told from anything else. */
const VOICE = 'jfk';

/** The clip at the 24 kHz that OpenAI's PCM has. */
function voiceAt24k(): Int16Array {
  const { samples } = speechClip(VOICE);
  return Int16Array.from({ length: Math.floor(samples.length * 1.5) }, (_, i) => {
    const at = i / 1.5;
    const left = samples[Math.floor(at)] ?? 0;
    return left + ((samples[Math.ceil(at)] ?? left) - left) * (at % 1);
  });
}

describe('a call from the demo page, with an OpenAI-compatible server for every stage', () => {
  let browser: Browser;
  let server: RunningServer;
  let openai: OpenAiServer;
  const voice = voiceAt24k();

  beforeAll(async () => {
    openai = await OpenAiServer.start({
      transcribe: ({ index }) => ({ text: index === 0 ? 'please count for me' : 'that is enough' }),
      chat: ({ index }) => ({ text: index === 0 ? LONG_ANSWER : 'All right.' }),
      speak: ({ body }) => ({ samples: body.input === LONG_ANSWER ? voice : voice.subarray(0, 24_000) }),
    });
    [browser, server] = await Promise.all([
      launchChromium(),
      RunningServer.start({ OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: openai.url, PARLEY_AGENT_GREETING: 'Hi.' }),
    ]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await openai?.close();
  });

  browserTest(
    'speech goes up, the answer comes back as sound, and the model is told only what was heard of it',
    async () => {
      const caller = await PageCaller.open(browser, server.url);
      await caller.startCall();
      await caller.finalText('agent', /Hi/);
      await caller.takeHeard();
      await caller.say('goforward');
      expect(await caller.finalText('user', /count/)).toMatch(/please count for me/);
      await caller.agentState('speaking');
      await caller.page.waitForFunction(() => {
        const items = [...document.querySelectorAll('[data-speaker="agent"]')];
        return items.some((item) => item.textContent?.includes('four'));
      });
      await caller.say('harvard-1');
      const cut = caller.items('agent').and(caller.page.locator('[data-interrupted="true"]')).first();
      await cut.waitFor();
      expect(await caller.finalText('agent', /All right/)).toBeTruthy();

      const heard = await caller.takeHeard();
      expect(audibleMs(heard, HEARD_RATE)).toBeGreaterThan(1500);
      expect(likeness(heard, HEARD_RATE, voice.subarray(0, 24_000 * 2), 24_000)).toBeGreaterThan(0.75);

      const uploads = openai.to('audio/transcriptions');
      expect(uploads.length).toBeGreaterThanOrEqual(2);
      const [, second] = openai.to('chat/completions');
      const messages = second?.body.messages as { role: string; content: string }[];
      const answered = messages.findLast((message) => message.role === 'assistant')?.content ?? '';
      expect(LONG_ANSWER.startsWith(answered)).toBe(true);
      expect(answered).toMatch(/^one two three four/);
      expect(answered.length).toBeLessThan(LONG_ANSWER.length);
      expect(messages.at(-1)).toEqual({ role: 'user', content: 'that is enough' });
      await caller.close();
    },
    PATIENCE_MS,
  );
});
