import { speechClip } from '@parley/agent/testing';
import type { Browser, Locator, Page } from 'playwright-core';
import { installStudio } from './studio.ts';

export const HEARD_RATE = 48000;

/** A person with the demo page: presses its buttons, speaks clips of human speech, hears and reads what comes. */
export class PageCaller {
  readonly page: Page;
  readonly problems: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.problems.push(String(error)));
  }

  static async open(browser: Browser, url: string): Promise<PageCaller> {
    const context = await browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    await page.addInitScript(installStudio);
    const caller = new PageCaller(page);
    await page.goto(url);
    return caller;
  }

  async startCall(): Promise<void> {
    await this.page.getByRole('button', { name: 'Start call' }).click();
    await this.callState('in-call');
  }

  async endCall(): Promise<void> {
    await this.page.getByRole('button', { name: 'End call' }).click();
  }

  callState(state: string): Promise<unknown> {
    return this.page.waitForSelector(`[data-call-state="${state}"]`, { state: 'attached' });
  }

  agentState(state: string): Promise<unknown> {
    return this.page.waitForSelector(`[data-agent-state="${state}"]`, { state: 'attached' });
  }

  /** Speaks a clip; resolves when its last sample went into the microphone. */
  async say(clip: string): Promise<void> {
    const { samples, rate } = speechClip(clip);
    const pcm = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
    await this.page.evaluate(([data, hz]) => window.studio.speak(data, hz), [pcm, rate] as const);
  }

  async type(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Message' }).fill(text);
    await this.page.getByRole('textbox', { name: 'Message' }).press('Enter');
  }

  items(speaker: 'user' | 'agent'): Locator {
    return this.page.getByRole('log', { name: 'Transcript' }).locator(`[data-speaker="${speaker}"]`);
  }

  /** The text of the first final item of this speaker, past or to come, that matches. */
  async finalText(speaker: 'user' | 'agent', pattern: RegExp): Promise<string> {
    const item = this.items(speaker).and(this.page.locator('[data-final="true"]')).filter({ hasText: pattern }).first();
    await item.waitFor();
    return (await item.locator('.words').textContent()) ?? '';
  }

  /** What came from the agent since the last call, at 48 kHz. */
  async takeHeard(): Promise<Int16Array> {
    return samplesOf(await this.page.evaluate(() => window.studio.takeHeard()));
  }

  /** The same of each voice, the agent's and other callers', in the order in which they came first. */
  async takeVoices(): Promise<Int16Array[]> {
    return (await this.page.evaluate(() => window.studio.takeVoices())).map(samplesOf);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

function samplesOf(pcm: string): Int16Array {
  const bytes = Buffer.from(pcm, 'base64');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
