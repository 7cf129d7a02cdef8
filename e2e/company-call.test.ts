import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { OpenAiServer } from '@parley/agent/testing';
import type { Browser, Page } from 'playwright-core';
import { PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { RunningServer } from './support/server.ts';

const PATIENCE_MS = 90_000;

let browser: Browser;
let openai: OpenAiServer;
beforeAll(async () => {
  openai = await OpenAiServer.start({
    transcribe: () => ({ text: 'what shall we have for dinner' }),
    chat: () => ({ text: 'How about soup?' }),
  });
  browser = await launchChromium();
}, PATIENCE_MS);
afterAll(async () => {
  await browser?.close();
  await openai?.close();
});

const start = (env: Record<string, string>): Promise<RunningServer> =>
  RunningServer.start({
    OPENAI_API_KEY: 'sk-test',
    OPENAI_BASE_URL: openai.url,
    PARLEY_AGENT_GREETING: 'Hi.',
    ...env,
  });

describe('several callers in a room, with an agent that answers on request', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await start({ PARLEY_AGENT_ANSWERS: 'on-request' });
  }, PATIENCE_MS);
  afterAll(() => server?.stop());

  async function enter(name: string): Promise<PageCaller> {
    const caller = await PageCaller.open(browser, `${server.url}/?room=tea`);
    await caller.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await caller.startCall();
    return caller;
  }
  const company = (page: Page, names: string): Promise<void> =>
    page.getByText(`Room tea · with ${names}`, { exact: true }).waitFor();

  browserTest(
    'know each other by name, whoever came first, and any of them has it answer',
    async () => {
      const ann = await enter('Ann');
      await ann.finalText('agent', /Hi/);
      const bob = await enter('Bob');
      await company(bob.page, 'Ann');
      await company(ann.page, 'Bob');
      await ann.say('goforward');
      await bob.finalText('user', /dinner/);
      const who = (page: PageCaller): Promise<string | null> => page.items('user').last().locator('.who').textContent();
      expect([await who(ann), await who(bob)]).toEqual(['You', 'Ann']);
      expect(await ann.items('agent').count()).toBe(1);
      await bob.page.getByRole('button', { name: 'Answer' }).click();
      await Promise.all([ann, bob].map((each) => each.finalText('agent', /soup/)));
      expect(await ann.items('agent').count()).toBe(2);
      await bob.endCall();
      await ann.page.getByText('Room tea', { exact: true }).waitFor();
      for (const each of [ann, bob]) {
        expect(each.problems).toEqual([]);
        await each.close();
      }
    },
    PATIENCE_MS,
  );
});

describe('a call in which nobody speaks', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await start({ PARLEY_AGENT_IDLE_PROMPT_MS: '1000', PARLEY_AGENT_IDLE_PROMPTS: '1' });
  }, PATIENCE_MS);
  afterAll(() => server?.stop());

  browserTest(
    'is ended by the agent, with a good-bye; the page says so, stays out, and starts again when it is told to',
    async () => {
      const caller = await PageCaller.open(browser, server.url);
      await caller.startCall();
      await caller.callState('ended');
      expect(await caller.items('agent').count()).toBe(3);
      expect(await caller.page.locator('.notice').textContent()).toContain('It was quiet for a while');
      expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/parley_callers\S* 0/);
      await caller.page.getByRole('button', { name: 'Start again' }).click();
      await caller.callState('in-call');
      expect(caller.problems).toEqual([]);
      await caller.close();
    },
    PATIENCE_MS,
  );
});
