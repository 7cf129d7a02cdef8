import { describe, expect } from '@jest/globals';
import { HEARD_RATE } from './support/caller.ts';
import { browserTest } from './support/chromium.ts';
import { demoPage } from './support/demo-page.ts';
import { espeak } from './support/espeak.ts';
import { likeness } from './support/sound.ts';

const GREETING = 'Hello, this is a test of the greeting. Please go ahead.';
const PATIENCE_MS = 90_000;
const WOMAN = 'espeak:en-us+f3';

describe("the agent's voice, chosen on the demo page", () => {
  const demo = demoPage({ PARLEY_AGENT_GREETING: GREETING });

  /** How much what was heard is like the text in this voice of eSpeak's. */
  const likeVoice = async (heard: Int16Array, voice: string, text: string): Promise<number> => {
    const { samples, rate } = await espeak(text, voice);
    return likeness(heard, HEARD_RATE, samples, rate);
  };

  browserTest(
    'can be tried before the call, is the one that greets, and may be changed while they talk',
    async () => {
      const { page } = demo.caller;
      await page.locator('summary').filter({ hasText: 'Voice' }).click();
      const voices = page.getByRole('combobox', { name: 'Voice' });
      await voices.locator(`option[value="${WOMAN}"]`).waitFor({ state: 'attached' });
      expect(await voices.locator('optgroup').first().getAttribute('label')).toBe('English');
      await voices.selectOption(WOMAN);

      const sample = page.waitForResponse((answer) => answer.url().includes('/sample'));
      await page.getByRole('button', { name: 'Hear this voice' }).click();
      expect((await sample).headers()['content-type']).toBe('audio/wav');
      await page.getByRole('button', { name: 'Hear this voice' }).waitFor();

      await demo.caller.startCall();
      await demo.caller.finalText('agent', /Please go ahead/);
      expect(await likeVoice(await demo.caller.takeHeard(), 'en-us+f3', GREETING)).toBeGreaterThan(0.75);

      await voices.selectOption({ label: 'Standard' });
      await demo.caller.type('go forward ten meters');
      const answer = await demo.caller.finalText('agent', /go forward ten meters/i);
      await demo.caller.agentState('listening');
      const changed = await demo.caller.takeHeard();
      const [sentence] = /^.*?[.!?](?= |$)/.exec(answer) ?? [answer];
      expect(await likeVoice(changed, 'en-us', sentence)).toBeGreaterThan(0.75);
      expect(await likeVoice(changed, 'en-us+f3', sentence)).toBeLessThan(0.6);
      expect(await page.locator('.notice').count()).toBe(0);
    },
    PATIENCE_MS,
  );
});
