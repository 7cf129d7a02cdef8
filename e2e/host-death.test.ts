import { describe, expect } from '@jest/globals';
import { HEARD_RATE } from './support/caller.ts';
import { browserTest } from './support/chromium.ts';
import { demoPage } from './support/demo-page.ts';
import { espeak } from './support/espeak.ts';
import { audibleMs, likeness } from './support/sound.ts';

const GREETING = 'Hello there.';
const APOLOGY = ['Sorry, I lost the thread for a moment.', 'Shall I go on?'] as const;
const PATIENCE_MS = 90_000;

describe('an agent whose host dies in the middle of an answer', () => {
  const demo = demoPage({
    PARLEY_AGENT_GREETING: GREETING,
    NODE_OPTIONS: `--import=${new URL('./support/kill-hosts.ts', import.meta.url).href}`,
  });

  browserTest(
    'is followed by another one, whom the page hears without doing anything',
    async () => {
      const { caller, server } = demo;
      await caller.startCall();
      await caller.finalText('agent', /Hello there/);
      await caller.type('Tell me a story');
      await caller.page.waitForFunction(() => {
        const items = document.querySelectorAll('[data-speaker="agent"]');
        return (items[items.length - 1]?.textContent ?? '').split(/\s+/).length > 12;
      });
      process.kill(server.pid, 'SIGUSR2');
      await caller.items('agent').and(caller.page.locator('[data-interrupted="true"]')).first().waitFor();
      expect(await caller.finalText('agent', /Shall I go on/)).toBe(APOLOGY.join(' '));
      await caller.agentState('listening');
      const [, next = new Int16Array()] = await caller.takeVoices();
      for (const sentence of APOLOGY) {
        const voice = await espeak(sentence);
        expect(likeness(next, HEARD_RATE, voice.samples, voice.rate)).toBeGreaterThan(0.75);
      }
      // It hears, too.
      await caller.say('goforward');
      expect(await caller.finalText('user', /meters/)).toMatch(/go forward ten meters/i);
      await caller.finalText('agent', /go forward ten meters/i);
      const [, answer = new Int16Array()] = await caller.takeVoices();
      expect(audibleMs(answer, HEARD_RATE)).toBeGreaterThan(1000);
      await caller.callState('in-call');
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toMatch(/parley_calls_reattached_total 1\n/);
    },
    PATIENCE_MS,
  );
});
