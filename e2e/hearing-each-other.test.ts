import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { speechClip } from '@parley/agent/testing';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { espeak } from './support/espeak.ts';
import { RunningServer } from './support/server.ts';
import { audibleMs, likeness } from './support/sound.ts';

const PATIENCE_MS = 120_000;
/** For each thing that is waited for. */
const STEP_MS = 20_000;
/** From here on it is the same sound, through a codec and a busy machine's jitter buffer. */
const ALIKE = 0.6;

describe('two browsers and the agent in a room', () => {
  let browser: Browser;
  let server: RunningServer;
  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(),
      RunningServer.start({ PARLEY_AGENT_GREETING: 'Hi.', PARLEY_AGENT_ANSWERS: 'on-request' }),
    ]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function enter(): Promise<PageCaller> {
    const caller = await PageCaller.open(browser, `${server.url}/?room=tea`);
    caller.page.setDefaultTimeout(STEP_MS);
    await caller.startCall();
    return caller;
  }

  /** How much of a sound is in the voice that has most of it. */
  const best = (voices: readonly Int16Array[], sound: { samples: Int16Array; rate: number }): number => {
    const audible = voices.filter((voice) => audibleMs(voice, HEARD_RATE) > 200);
    return Math.max(0, ...audible.map((voice) => likeness(voice, HEARD_RATE, sound.samples, sound.rate)));
  };

  /** `from` speaks a clip, and `to` hears it. */
  async function carries(from: PageCaller, to: PageCaller, clip: string): Promise<void> {
    await to.takeVoices();
    await from.say(clip);
    await to.page.waitForTimeout(500);
    const voices = await to.takeVoices();
    expect(best(voices, speechClip(clip))).toBeGreaterThan(ALIKE);
    expect(best(voices, speechClip(clip === 'goforward' ? 'weatherlike' : 'goforward'))).toBeLessThan(ALIKE);
  }

  browserTest(
    'hear each other, also after one has switched the microphone; both hear the agent',
    async () => {
      const ann = await enter();
      await ann.finalText('agent', /Hi/);
      const bob = await enter();
      // Late, and still there.
      await bob.finalText('agent', /Hi/);
      await bob.agentState('listening');
      await carries(ann, bob, 'goforward');
      await carries(bob, ann, 'weatherlike');
      const picker = ann.page.getByRole('combobox', { name: 'Microphone', exact: true });
      await picker.selectOption({ index: 1 });
      await carries(ann, bob, 'goforward');
      for (const each of [ann, bob]) await each.takeVoices();
      await ann.type('What can you do?');
      const said = await ann.finalText('agent', /.{20}/);
      await bob.finalText('agent', /.{20}/);
      const voice = await espeak(said);
      for (const each of [ann, bob]) {
        expect(best(await each.takeVoices(), voice)).toBeGreaterThan(ALIKE);
        expect(each.problems).toEqual([]);
        await each.endCall();
        await each.close();
      }
    },
    PATIENCE_MS,
  );
});
