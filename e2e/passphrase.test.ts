import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { RunningServer } from './support/server.ts';

const PATIENCE_MS = 60_000;
const PASSPHRASE = 'open sesame';

describe('the demo page of a server that others can reach', () => {
  let browser: Browser;
  let server: RunningServer;
  let caller: PageCaller;

  beforeAll(async () => {
    const env = { HOST: '0.0.0.0', PARLEY_ACCESS_DEMO_PASSPHRASE: PASSPHRASE };
    [browser, server] = await Promise.all([launchChromium(), RunningServer.start(env)]);
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
    'asks for the passphrase, says when it is wrong, lets in who knows it, and remembers it for the tab',
    async () => {
      const { page } = caller;
      const field = page.getByLabel('Passphrase');
      await field.waitFor();
      await field.fill('open barley');
      await page.getByRole('button', { name: 'Start call' }).click();
      await page.getByText('That is not the passphrase.').waitFor();

      await field.fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Start call' }).click();
      await caller.callState('in-call');
      await caller.agentState('speaking');
      await caller.endCall();
      await caller.callState('ended');

      await page.reload();
      await caller.startCall();
      expect(await field.isVisible()).toBe(false);
      expect(server.output).not.toContain(PASSPHRASE);
    },
    PATIENCE_MS,
  );

  browserTest(
    'leads guests who follow an invitation into the same room',
    async () => {
      const { page } = caller;
      await page.goto(`${server.url}/?room=tea`);
      await page.getByLabel('Passphrase').fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Start call' }).click();
      await caller.callState('in-call');
      const other = await PageCaller.open(browser, `${server.url}/?room=demo-tea`);
      await other.page.getByLabel('Passphrase').fill(PASSPHRASE);
      await other.page.getByRole('button', { name: 'Start call' }).click();
      await other.callState('in-call');
      await other.page.getByText('with Guest').waitFor();
      await other.close();
    },
    PATIENCE_MS,
  );
});
