import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { espeak } from './support/espeak.ts';
import { RunningServer } from './support/server.ts';
import { likeness } from './support/sound.ts';

const GREETING = 'Hello, this is a test of the greeting. Please go ahead.';
const PATIENCE_MS = 90_000;
const WOMAN = 'espeak:en-us+f3';

describe("the agent's voice, chosen on the demo page", () => {
  let browser: Browser;
  let server: RunningServer;
  let caller: PageCaller;

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), RunningServer.start({ PARLEY_AGENT_GREETING: GREETING })]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    caller = await PageCaller.open(browser, server.url);
  });
  afterEach(async () => {
    expect(caller.problems).toEqual([]);
    await caller.close();
  });

  /** How much what was heard is like the text in this voice of eSpeak's. */
  const likeVoice = async (heard: Int16Array, voice: string, text: string): Promise<number> => {
    const { samples, rate } = await espeak(text, voice);
    return likeness(heard, HEARD_RATE, samples, rate);
  };

  browserTest(
    'can be tried before the call, is the one that greets, and may be changed while they talk',
    async () => {
      const { page } = caller;
      await page.locator('summary').filter({ hasText: 'Voice' }).click();
      const voices = page.getByRole('combobox', { name: 'Voice' });
      await voices.locator(`option[value="${WOMAN}"]`).waitFor({ state: 'attached' });
      expect(await voices.locator('optgroup').first().getAttribute('label')).toBe('English');
      await voices.selectOption(WOMAN);

      const sample = page.waitForResponse((answer) => answer.url().includes('/sample'));
      await page.getByRole('button', { name: 'Hear this voice' }).click();
      expect((await sample).headers()['content-type']).toBe('audio/wav');
      await page.getByRole('button', { name: 'Hear this voice' }).waitFor();

      await caller.startCall();
      await caller.finalText('agent', /Please go ahead/);
      expect(await likeVoice(await caller.takeHeard(), 'en-us+f3', GREETING)).toBeGreaterThan(0.75);

      await voices.selectOption({ label: 'Standard' });
      await caller.type('go forward ten meters');
      const answer = await caller.finalText('agent', /go forward ten meters/i);
      await caller.agentState('listening');
      const changed = await caller.takeHeard();
      const [sentence] = /^.*?[.!?](?= |$)/.exec(answer) ?? [answer];
      expect(await likeVoice(changed, 'en-us', sentence)).toBeGreaterThan(0.75);
      expect(await likeVoice(changed, 'en-us+f3', sentence)).toBeLessThan(0.6);
      expect(await page.locator('.notice').count()).toBe(0);
    },
    PATIENCE_MS,
  );
});
