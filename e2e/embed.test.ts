import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { HEARD_RATE, PageCaller } from './support/caller.ts';
import { browserTest, launchChromium } from './support/chromium.ts';
import { espeak } from './support/espeak.ts';
import { RunningExample } from './support/example.ts';
import { freePort, RunningServer } from './support/server.ts';
import { audibleMs, likeness } from './support/sound.ts';

const GREETING = 'Welcome to the ticket desk. Tell me where you would like to travel.';
const KEY = 'the-key-of-the-site-that-embeds';
const SHORTEST_TTL_S = 10;
const PATIENCE_MS = 120_000;

interface Minted {
  readonly token: string;
  readonly expiresAt: string;
}

/** What became of a call: the SDK's error, or nothing where it came about. */
interface Outcome {
  readonly isTyped?: boolean;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly state: string;
  readonly reason?: string;
}

describe('a call in a page of another site', () => {
  let browser: Browser;
  let server: RunningServer;
  let vanilla: RunningExample;
  let react: RunningExample;
  let caller: PageCaller;
  let shortLived: Minted;
  const problems: string[] = [];

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()].map(String);
    const [serving, launching] = [
      RunningServer.start({
        PARLEY_SERVER_ALLOWED_ORIGINS: ports.map((port) => `http://localhost:${port}`).join(','),
        PARLEY_SERVER_API_TOKEN: KEY,
        PARLEY_DEMO: 'off',
        PARLEY_AGENT_GREETING: GREETING,
      }),
      launchChromium(),
    ];
    server = await serving;
    const env = { PARLEY_URL: server.url, PARLEY_KEY: KEY };
    [vanilla, react, browser, shortLived] = await Promise.all([
      RunningExample.start('embed-vanilla', { ...env, PORT: ports[0] as string }),
      RunningExample.start('embed-react', { ...env, PORT: ports[1] as string }),
      launching,
      mint({ room: 'tea', ttlSeconds: SHORTEST_TTL_S }),
    ]);
  }, PATIENCE_MS);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server, vanilla, react].map((each) => each?.stop()));
  });
  beforeEach(() => void problems.splice(0));
  afterEach(async () => {
    expect(caller.problems).toEqual(problems);
    await caller.close();
    expect(server.output).not.toContain(KEY);
  });

  async function open(url: string): Promise<void> {
    caller = await PageCaller.open(browser, url);
  }

  async function mint(order: object): Promise<Minted> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${KEY}` };
    const answer = await fetch(`${server.url}/v1/tokens`, { method: 'POST', headers, body: JSON.stringify(order) });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()) as Minted;
  }

  /** Resolves with the server's line about a caller who was not let in for this reason. */
  async function refusalLogged(why: string): Promise<Record<string, unknown>> {
    for (;;) {
      const line = server.output.split('\n').find((each) => each.includes(`"why":"${why}"`) && each.endsWith('}'));
      if (line) return JSON.parse(line);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Calls by the SDK as the page got it, from the page's origin. */
  const tryCall = (token: string, join: { room?: string; microphone?: boolean }): Promise<Outcome> =>
    caller.page.evaluate(
      async ({ url, token, join }) => {
        const { Call, SignalingError } = await import(`${url}/sdk/parley.js`);
        const call = new Call({ url, token });
        const error = await call.join(join).catch((error: unknown) => error);
        const { kind: state, reason } = call.state;
        call.leave();
        if (!error) return { state };
        return {
          isTyped: error instanceof SignalingError,
          code: error.code,
          retryable: error.retryable,
          state,
          reason,
        };
      },
      { url: server.url, token, join },
    );

  browserTest(
    'of one HTML file: the greeting is heard, and what both say is read',
    async () => {
      await open(vanilla.url);
      await caller.startCall();
      await caller.finalText('agent', /travel/);
      await caller.agentState('listening');
      const heard = await caller.takeHeard();
      const [greeting, other] = [await espeak(GREETING), await espeak('Something else entirely is said here.')];
      const likenessTo = ({ samples, rate }: typeof greeting): number => likeness(heard, HEARD_RATE, samples, rate);
      // A browser that has just started, on a busy machine, stretches what it plays.
      expect(likenessTo(greeting)).toBeGreaterThan(likenessTo(other) + 0.15);
      await caller.say('goforward');
      expect(await caller.finalText('user', /./)).toMatch(/go forward ten meters/i);
      await caller
        .items('agent')
        .filter({ hasText: /go forward/i })
        .waitFor();
      await caller.endCall();
      await caller.callState('ended');
    },
    PATIENCE_MS,
  );

  browserTest(
    'in a React app: the agent can be interrupted, and the microphone switched',
    async () => {
      await open(react.url);
      await caller.startCall();
      await caller.agentState('speaking');
      await caller.items('agent').filter({ hasText: 'Welcome to' }).waitFor();
      await caller.page.getByRole('button', { name: 'Interrupt' }).click();
      await caller.agentState('listening');
      await caller.page.getByText('interrupted').waitFor();
      const heardMs = audibleMs(await caller.takeHeard(), HEARD_RATE);
      const whole = await espeak(GREETING);
      expect(heardMs).toBeGreaterThan(200);
      expect(heardMs).toBeLessThan(audibleMs(whole.samples, whole.rate) * 0.8);

      await caller.page.getByRole('combobox', { name: 'Microphone' }).selectOption({ index: 1 });
      await caller.say('goforward');
      expect(await caller.finalText('user', /./)).toMatch(/go forward ten meters/i);
      await caller
        .items('agent')
        .filter({ hasText: /go forward/i })
        .waitFor();
      await caller.endCall();
      await caller.callState('ended');
    },
    PATIENCE_MS,
  );

  browserTest(
    'is not to be had for a site that the server does not allow, and the page says so',
    async () => {
      await open(vanilla.url.replace('localhost', 'elsewhere.localhost'));
      await caller.page.locator('[data-error="unreachable"]').filter({ hasText: 'server.allowedOrigins' }).waitFor();
      problems.push(...caller.problems.filter((problem) => /Failed to fetch/.test(problem)));
      expect(problems).toHaveLength(1);
    },
    PATIENCE_MS,
  );

  browserTest(
    'with a token to listen hears the agent, and is refused when it sends sound',
    async () => {
      const { token } = await mint({ room: 'hall', grants: ['listen'] });
      await open(vanilla.url);
      await caller.page.route('**/token', (route) => route.fulfill({ body: token }));
      await caller.page.getByRole('button', { name: 'Start call' }).click();
      await caller.page.locator('[data-error="forbidden"]').waitFor();
      await caller.callState('ended');
      expect(await tryCall(token, {})).toEqual({
        ...{ isTyped: true, code: 'forbidden', retryable: false },
        ...{ state: 'ended', reason: 'refused' },
      });
      expect(await tryCall(token, { microphone: false })).toEqual({ state: 'in-call' });
      expect(server.output).not.toContain(token);
    },
    PATIENCE_MS,
  );

  browserTest(
    'with a token that is forged, for another room, or of yesterday is refused, and the log has why but no token',
    async () => {
      await open(vanilla.url);
      const refused = { isTyped: true, retryable: false, state: 'ended', reason: 'refused' };
      const { token } = await mint({ room: 'tea' });
      const forged = token.replace(/.{12}$/, 'AAAAAAAAAAAA');
      expect(await tryCall(forged, { microphone: false })).toEqual({ ...refused, code: 'unauthorized' });
      expect(await refusalLogged('forged')).toMatchObject({ level: 'warn' });

      expect(await tryCall(token, { room: 'vault', microphone: false })).toEqual({ ...refused, code: 'forbidden' });
      expect(await refusalLogged('forbidden')).toMatchObject({ level: 'warn', room: 'vault' });

      const leftMs = Date.parse(shortLived.expiresAt) - Date.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, leftMs) + 1));
      expect(await tryCall(shortLived.token, { microphone: false })).toEqual({ ...refused, code: 'unauthorized' });
      expect(await refusalLogged('expired')).toMatchObject({ level: 'warn' });
      for (const secret of [token, forged, shortLived.token]) {
        expect(server.output).not.toContain(secret);
        expect(server.output).not.toContain(secret.split('.')[2]);
      }
    },
    PATIENCE_MS,
  );
});
