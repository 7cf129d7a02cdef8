import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { PageCaller } from './caller.ts';
import { launchChromium } from './chromium.ts';
import { RunningServer } from './server.ts';

const PATIENCE_MS = 90_000;

/** What stands while the tests of one `describe` run. */
export interface DemoPage {
  readonly browser: Browser;
  readonly server: RunningServer;
  /** A page of its own for each test; it must have reported no problem at the end. */
  readonly caller: PageCaller;
}

/** Runs a server with this environment and a browser for all tests around, and opens the demo page for each. */
export function demoPage(env: Record<string, string>): DemoPage {
  let browser: Browser;
  let server: RunningServer;
  let caller: PageCaller;
  beforeAll(async () => {
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
  return {
    get browser() {
      return browser;
    },
    get server() {
      return server;
    },
    get caller() {
      return caller;
    },
  };
}
