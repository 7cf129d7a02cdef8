import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { espeak } from './support/espeak.ts';
import { RunningServer } from './support/server.ts';
import { audibleMs, likeness } from './support/sound.ts';

const FIRST = 'This greeting is rather long, so that there is time enough to lose the connection in the middle of it.';
const LAST = 'And these are the last words of the sentence, which must be heard by whoever comes back to this call.';
const PATIENCE_MS = 90_000;

describe('a call that is cut off in the middle of the agent’s sentence', () => {
  let browser: Browser;
  let server: RunningServer;
  let caller: PageCaller;

  beforeAll(async () => {
    [browser, server] = await Promise.all([
      launchChromium(),
      RunningServer.start({ PARLEY_AGENT_GREETING: `${FIRST} ${LAST}` }),
    ]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    // The browser takes a connection to "localhost" for good when it is offline.
    caller = await PageCaller.open(browser, server.url.replace('localhost', '127.0.0.1'));
    await caller.startCall();
    await caller.items('agent').filter({ hasText: 'so that there is' }).waitFor();
  }, PATIENCE_MS);
  afterEach(async () => {
    expect(caller.problems).toEqual([]);
    // A page that is only closed may come back.
    await caller.endCall();
    await caller.callState('ended');
    await caller.close();
  });

  /** One line of the agent, whole, and one caller: the same as before. */
  async function sentenceIsWhole(): Promise<void> {
    const said = await caller.finalText('agent', /comes back to this call/);
    expect(said).toBe(`${FIRST} ${LAST}`);
    expect(await caller.items('agent').count()).toBe(1);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/parley_callers\S* 1\n/);
  }

  async function requestsOf(name: string): Promise<number> {
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    const line = new RegExp(`parley_signaling_requests_total\\{request="${name}",outcome="ok"\\} (\\d+)`);
    return Number(line.exec(metrics)?.[1] ?? 0);
  }

  browserTest(
    'goes on after a reload: the page shows what was said, and the rest of the sentence is heard',
    async () => {
      const before = await caller.items('agent').textContent();
      await caller.page.reload();
      await caller.callState('in-call');
      expect(before).not.toContain('comes back');
      await sentenceIsWhole();
      const heard = await caller.takeHeard();
      const rest = await espeak(LAST);
      expect(likeness(heard, HEARD_RATE, rest.samples, rest.rate)).toBeGreaterThan(0.75);
      // Not from the beginning again.
      const whole = await espeak(`${FIRST} ${LAST}`);
      expect(audibleMs(heard, HEARD_RATE)).toBeLessThan(audibleMs(whole.samples, whole.rate) * 0.85);
    },
    PATIENCE_MS,
  );

  browserTest(
    'goes on after ten seconds without a network',
    async () => {
      const made = await requestsOf('create-transport');
      await caller.page.context().setOffline(true);
      await caller.callState('reconnecting');
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      const away = await caller.items('agent').textContent();
      expect(away).not.toContain('comes back');
      await caller.page.context().setOffline(false);
      await caller.callState('in-call');
      await sentenceIsWhole();
      const heard = await caller.takeHeard();
      const rest = await espeak(LAST);
      expect(likeness(heard, HEARD_RATE, rest.samples, rest.rate)).toBeGreaterThan(0.75);
      // The media went on: another path was looked for, and nothing was built anew.
      expect(await requestsOf('restart-ice')).toBe(2);
      expect((await requestsOf('create-transport')) - made).toBe(0);
    },
    PATIENCE_MS,
  );
});
