import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { OpenAiServer } from '@parley/agent/testing';
import type { Browser } from 'playwright-core';
import { PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { RunningServer } from './support/server.ts';

const PATIENCE_MS = 90_000;

interface Message {
  readonly role: string;
  readonly content: string;
  readonly tool_call_id?: string;
}

describe('a model that calls the tool of the page', () => {
  let browser: Browser;
  let server: RunningServer;
  let openai: OpenAiServer;

  beforeAll(async () => {
    openai = await OpenAiServer.start({
      transcribe: () => ({ text: 'please switch to dark mode' }),
      chat: ({ body }) => {
        const last = (body.messages as Message[]).at(-1);
        if (last?.role === 'tool') return { text: 'It is dark now.' };
        return { toolCalls: [{ id: 'call_1', name: 'set_page_theme', args: '{"theme":"dark"}' }] };
      },
    });
    [browser, server] = await Promise.all([
      launchChromium(),
      RunningServer.start({ OPENAI_API_KEY: 'sk-test', OPENAI_BASE_URL: openai.url, PARLEY_AGENT_GREETING: 'Hi.' }),
    ]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await openai?.close();
  });

  browserTest(
    'sees it, the page changes, and the next request has the result',
    async () => {
      const caller = await PageCaller.open(browser, server.url);
      const background = (): Promise<string> =>
        caller.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const light = await background();
      await caller.startCall();
      await caller.finalText('agent', /Hi/);
      await caller.say('goforward');
      expect(await caller.finalText('agent', /dark now/)).toBeTruthy();
      expect(await caller.page.getAttribute('html', 'data-theme')).toBe('dark');
      expect(await background()).not.toBe(light);
      const tool = caller.page.locator('[data-speaker="tool"][data-status="done"]');
      expect(await tool.textContent()).toMatch(/Used set_page_theme · [\d.]+ m?s/);

      const [asked, answered] = openai.to('chat/completions').map(({ body }) => body);
      expect(asked?.tools).toMatchObject([{ type: 'function', function: { name: 'set_page_theme' } }]);
      const messages = answered?.messages as Message[] | undefined;
      expect(messages?.at(-1)).toMatchObject({ role: 'tool', tool_call_id: 'call_1', content: '{"theme":"dark"}' });
      const metrics = await (await fetch(`${server.url}/metrics`)).text();
      expect(metrics).toMatch(/parley_tool_calls_total\{origin="client",status="done"\} 1/);
      expect(caller.problems).toEqual([]);
      await caller.close();
    },
    PATIENCE_MS,
  );
});
