import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { espeak } from './support/espeak.ts';
import { RunningServer } from './support/server.ts';
import { audibleMs, likeness } from './support/sound.ts';

const GREETING = 'Welcome to the ticket desk.';
const NEWS = 'The train to the coast is twenty minutes late today.';
const LONG = 'One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.';
const PATIENCE_MS = 90_000;

describe('a room that was made over HTTP', () => {
  let browser: Browser;
  let server: RunningServer;
  let caller: PageCaller;
  let room: string;

  const ask = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}${path}`, {
      method,
      ...(body && { headers, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, unknown>);
  };

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchChromium(), RunningServer.start()]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(async () => {
    const made = await ask('POST', '/v1/rooms', { agent: { greeting: GREETING } });
    room = made.room as string;
    caller = await PageCaller.open(browser, `${server.url}/?room=${room}`);
  });
  afterEach(async () => {
    expect(caller.problems).toEqual([]);
    await caller.close();
  });

  browserTest(
    'greets its caller, and says what it is told to, word for word and aloud',
    async () => {
      await caller.startCall();
      await caller.finalText('agent', /Welcome to the ticket desk/);
      await caller.takeHeard();
      expect(await ask('POST', `/v1/rooms/${room}/agent/say`, { text: NEWS })).toMatchObject({ room, callers: 1 });
      expect(await caller.finalText('agent', /twenty minutes/)).toBe(NEWS);
      await caller.agentState('listening');
      const voice = await espeak(NEWS);
      expect(likeness(await caller.takeHeard(), HEARD_RATE, voice.samples, voice.rate)).toBeGreaterThan(0.75);
    },
    PATIENCE_MS,
  );

  browserTest(
    'falls silent when it is told to, and ends for its caller when it is ended',
    async () => {
      await caller.startCall();
      await caller.finalText('agent', /Welcome/);
      await caller.takeHeard();
      await ask('POST', `/v1/rooms/${room}/agent/say`, { text: LONG });
      await caller.agentState('speaking');
      await ask('POST', `/v1/rooms/${room}/agent/interrupt`);
      await caller.agentState('listening');
      const whole = await espeak(LONG);
      expect(audibleMs(await caller.takeHeard(), HEARD_RATE)).toBeLessThan(audibleMs(whole.samples, whole.rate) / 2);
      await ask('DELETE', `/v1/rooms/${room}`);
      await caller.callState('ended');
    },
    PATIENCE_MS,
  );
});
