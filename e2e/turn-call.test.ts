import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { Coturn, hasCoturn } from './support/coturn.ts';
import { RunningServer } from './support/server.ts';
import { audibleMs } from './support/sound.ts';

const SECRET = 'a secret that both sides know';
const PATIENCE_MS = 90_000;
const turnTest = hasCoturn ? browserTest : test.skip;

describe('a call by TURN alone, with the settings of coturn that are shipped', () => {
  let browser: Browser;
  let turn: Coturn | undefined;
  let server: RunningServer;

  beforeAll(async () => {
    if (!hasCoturn) return;
    turn = await Coturn.start(SECRET);
    const settings = { PARLEY_MEDIA_TURN_URLS: turn.url, TURN_SECRET: SECRET };
    [browser, server] = await Promise.all([launchChromium(), RunningServer.start(settings)]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await turn?.stop();
  });

  turnTest(
    'the greeting is heard, speech is understood, and the credentials were the caller’s own',
    async () => {
      const caller = await PageCaller.open(browser, `${server.url}/?relay`);
      await caller.startCall();
      await caller.finalText('agent', /./);
      await caller.agentState('listening');
      expect(audibleMs(await caller.takeHeard(), HEARD_RATE)).toBeGreaterThan(2000);
      await caller.say('goforward');
      expect(await caller.finalText('user', /./)).toMatch(/go forward ten meters/i);
      expect(turn?.guests.length).toBeGreaterThan(0);
      for (const guest of turn?.guests ?? []) expect(guest).toMatch(/^\d{10}:[0-9a-f-]{36}$/);
      expect(caller.problems).toEqual([]);
      await caller.close();
    },
    PATIENCE_MS,
  );
});
