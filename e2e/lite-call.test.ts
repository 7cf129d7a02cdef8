import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { espeak } from './support/espeak.ts';
import { RunningServer } from './support/server.ts';
import { audibleMs, likeness } from './support/sound.ts';

const GREETING = 'Hello, this is a test of the greeting. Please go ahead.';
const PATIENCE_MS = 90_000;

describe('a call from the demo page, with the engines that need no key', () => {
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

  browserTest(
    'the agent greets with the voice of its TTS, unbroken, as the page hears it',
    async () => {
      await caller.startCall();
      await caller.finalText('agent', /Please go ahead/);
      await caller.agentState('listening');
      const heard = await caller.takeHeard();
      const voice = await espeak(GREETING);
      expect(audibleMs(heard, HEARD_RATE)).toBeGreaterThan(audibleMs(voice.samples, voice.rate) * 0.8);
      expect(likeness(heard, HEARD_RATE, voice.samples, voice.rate)).toBeGreaterThan(0.75);
      expect(
        likeness(heard, HEARD_RATE, (await espeak('Something else entirely is said here.')).samples, voice.rate),
      ).toBeLessThan(0.6);
    },
    PATIENCE_MS,
  );

  browserTest(
    'human speech becomes words in the transcript, and is answered aloud',
    async () => {
      await caller.startCall();
      await caller.finalText('agent', /Please go ahead/);
      await caller.takeHeard();
      await caller.say('goforward');
      expect(await caller.finalText('user', /./)).toMatch(/go forward ten meters/i);
      expect(await caller.finalText('agent', /go forward ten meters/i)).toBeTruthy();
      expect(audibleMs(await caller.takeHeard(), HEARD_RATE)).toBeGreaterThan(1000);
      const waterfall = await caller.page.locator('body').textContent();
      expect(waterfall).toMatch(/\d+ ms/);
    },
    PATIENCE_MS,
  );

  browserTest(
    'talking over the agent stops its voice and keeps only what was heard',
    async () => {
      await caller.startCall();
      await caller.finalText('agent', /Please go ahead/);
      await caller.type('Tell me a story');
      await caller.agentState('speaking');
      await caller.page.waitForFunction(() => {
        const items = document.querySelectorAll('[data-speaker="agent"]');
        return (items[items.length - 1]?.textContent ?? '').split(/\s+/).length > 12;
      });
      await caller.say('weatherlike');
      const cut = caller.items('agent').and(caller.page.locator('[data-interrupted="true"]')).first();
      await cut.waitFor();
      const heard = (await cut.textContent()) ?? '';
      expect(heard.split(/\s+/).length).toBeGreaterThan(10);
      expect(await caller.finalText('user', /weather/i)).toMatch(/weather/i);
      expect(await caller.finalText('agent', /weather/i)).toBeTruthy();
      expect((await cut.textContent()) ?? '').toBe(heard);
    },
    PATIENCE_MS,
  );

  browserTest(
    'ending the call ends it on both sides, and another can be started',
    async () => {
      await caller.startCall();
      await caller.endCall();
      await caller.callState('ended');
      await expect(fetch(`${server.url}/metrics`).then((r) => r.text())).resolves.toMatch(/parley_callers\S* 0/);
      await caller.startCall();
      await caller.finalText('agent', /Please go ahead/);
    },
    PATIENCE_MS,
  );
});
