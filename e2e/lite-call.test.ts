import { describe, expect } from '@jest/globals';
import { HEARD_RATE } from './support/caller.ts';
import { browserTest } from './support/chromium.ts';
import { demoPage } from './support/demo-page.ts';
import { espeak } from './support/espeak.ts';
import { audibleMs, likeness } from './support/sound.ts';

const GREETING = 'Hello, this is a test of the greeting. Please go ahead.';
const PATIENCE_MS = 90_000;

describe('a call from the demo page, with the engines that need no key', () => {
  const demo = demoPage({ PARLEY_AGENT_GREETING: GREETING });

  browserTest(
    'the agent greets with the voice of its TTS, unbroken, as the page hears it',
    async () => {
      await demo.caller.startCall();
      await demo.caller.finalText('agent', /Please go ahead/);
      await demo.caller.agentState('listening');
      const heard = await demo.caller.takeHeard();
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
      await demo.caller.startCall();
      await demo.caller.finalText('agent', /Please go ahead/);
      await demo.caller.takeHeard();
      await demo.caller.say('goforward');
      expect(await demo.caller.finalText('user', /./)).toMatch(/go forward ten meters/i);
      expect(await demo.caller.finalText('agent', /go forward ten meters/i)).toBeTruthy();
      expect(audibleMs(await demo.caller.takeHeard(), HEARD_RATE)).toBeGreaterThan(1000);
      const waterfall = await demo.caller.page.locator('body').textContent();
      expect(waterfall).toMatch(/\d+ ms/);
    },
    PATIENCE_MS,
  );

  browserTest(
    'talking over the agent stops its voice and keeps only what was heard',
    async () => {
      await demo.caller.startCall();
      await demo.caller.finalText('agent', /Please go ahead/);
      await demo.caller.type('Tell me a story');
      await demo.caller.agentState('speaking');
      await demo.caller.page.waitForFunction(() => {
        const items = document.querySelectorAll('[data-speaker="agent"]');
        return (items[items.length - 1]?.textContent ?? '').split(/\s+/).length > 12;
      });
      await demo.caller.say('weatherlike');
      const cut = demo.caller.items('agent').and(demo.caller.page.locator('[data-interrupted="true"]')).first();
      await cut.waitFor();
      const heard = (await cut.textContent()) ?? '';
      expect(heard.split(/\s+/).length).toBeGreaterThan(10);
      expect(await demo.caller.finalText('user', /weather/i)).toMatch(/weather/i);
      expect(await demo.caller.finalText('agent', /weather/i)).toBeTruthy();
      expect((await cut.textContent()) ?? '').toBe(heard);
    },
    PATIENCE_MS,
  );

  browserTest(
    'ending the call ends it on both sides, and another can be started',
    async () => {
      const callers = async (): Promise<number> => {
        const metrics = await (await fetch(`${demo.server.url}/metrics`)).text();
        return Number(/^parley_callers (\d+)/m.exec(metrics)?.[1]);
      };
      // Pages that were closed in the tests before are waited for.
      const before = await callers();
      await demo.caller.startCall();
      await demo.caller.endCall();
      await demo.caller.callState('ended');
      expect(await callers()).toBeLessThanOrEqual(before);
      await demo.caller.startCall();
      await demo.caller.finalText('agent', /Please go ahead/);
    },
    PATIENCE_MS,
  );
});
