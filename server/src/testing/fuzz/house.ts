import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOfKey } from '../../access/index.ts';
import { Inbox } from '../inbox.ts';
import type { FromProcess, Held } from './process.ts';

/** An API key, and what else nobody may ever be told. */
export const KEY = 'the-key-of-this-fuzz';
const SECRET = 'a secret of the fuzz that signs all tokens';
const HOOK_SECRET = 'whsec_ZnV6ei1mdXp6LWZ1enotZnV6ei1mdXp6';
/** Of the Twilio account whose calls are taken. */
export const AUTH_TOKEN = 'the auth token of this fuzz';
const PASSPHRASE = 'words of the fuzz';

/** Longest time for rooms to end, in ms. */
const PATIENCE_MS = 10_000;

/** No pace is too fast: that the paces hold is for other tests. */
const LIFTED = {
  maxLoad: 0,
  connectionsPerAddress: 1e6,
  joinsPerMinute: 1e9,
  roomJoinsPerMinute: 1e9,
  roomMessagesPerMinute: 1e9,
  requestsPerMinute: 1e9,
  requestsPerSecond: 1e9,
  requestBurst: 1e9,
};

/** A server in a process of its own, which others can reach: callers need tokens, programs a key. */
export class FuzzHouse {
  readonly url: string;
  /** What no answer and no line of the log may hold. */
  readonly secrets: readonly string[];
  /** Parsed lines that say that something failed which should not. */
  readonly failures: Record<string, unknown>[] = [];
  /** Lines with a secret in them. */
  readonly leaks: string[] = [];
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #held = new Inbox<Held>();
  #complaints = '';
  #end: string | undefined;

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#process = child;
    this.#folder = folder;
    this.url = url;
    this.secrets = [KEY, hashOfKey(KEY), SECRET, HOOK_SECRET, PASSPHRASE, AUTH_TOKEN, folder, process.cwd()];
    child.on('message', (message: FromProcess) => this.#take(message));
    child.stderr?.on('data', (chunk) => {
      this.#complaints = `${this.#complaints}${chunk}`.slice(-10_000);
    });
    child.once('exit', (code, signal) => {
      this.#end = `the server's process ended with ${signal ?? code}: ${this.#complaints}`;
    });
  }

  static async start(): Promise<FuzzHouse> {
    const folder = mkdtempSync(join(tmpdir(), 'parley-fuzz-'));
    const config = {
      server: { port: 0, dataDir: folder, apiToken: KEY },
      media: { port: 0, listen: ['127.0.0.1'], workers: 1 },
      access: { secret: SECRET, bind: '0.0.0.0', demoPassphrase: PASSPHRASE },
      webhooks: { secret: HOOK_SECRET },
      telephony: { twilio: { authToken: AUTH_TOKEN } },
      // No tail of memory after a call.
      limits: { ...LIFTED, emptyRoomMs: 0, resumeMs: 50 },
      // Callers who only write hear a greeting never, and no silence is asked after.
      agent: { greeting: '', idlePromptMs: 0 },
    };
    const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), [JSON.stringify(config)], {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const [first] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [FromProcess | number];
    if (typeof first !== 'object' || !('url' in first)) throw new Error('the server did not start');
    return new FuzzHouse(child, folder, first.url);
  }

  /** Why the process is no more; undefined while it lives. */
  get end(): string | undefined {
    return this.#end;
  }

  /** A request of one who has the key. */
  ask(path: string, { body, ...options }: { method?: string; body?: unknown } = {}): Promise<Response> {
    const headers = {
      authorization: `Bearer ${KEY}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    return fetch(`${this.url}${path}`, {
      ...options,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async token(order: object): Promise<string> {
    const answer = await this.ask('/v1/tokens', { method: 'POST', body: order });
    return ((await answer.json()) as { token: string }).token;
  }

  async gauge(name: string): Promise<number> {
    const metrics = await (await this.ask('/metrics')).text();
    return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);
  }

  /** What the process holds once the last room has ended; throws where one does not. */
  async held(): Promise<Held> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const left = await Promise.all(['parley_rooms', 'parley_agent_sessions'].map((each) => this.gauge(each)));
      if (left.every((each) => each === 0)) break;
      if (Date.now() > deadline) throw new Error(`rooms and sessions are left: ${left}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#process.send('measure');
    return this.#held.next();
  }

  async close(): Promise<void> {
    const ended = this.#end === undefined ? once(this.#process, 'exit') : undefined;
    if (this.#process.connected) this.#process.disconnect();
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #take(message: FromProcess): void {
    if ('held' in message) this.#held.put(message.held);
    if (!('line' in message)) return;
    // A path is no secret in a log.
    const secrets = this.secrets.filter((each) => !each.startsWith('/'));
    if (secrets.some((each) => message.line.includes(each))) this.leaks.push(message.line);
    const line = JSON.parse(message.line) as Record<string, unknown>;
    if (line.level === 'error' || line.level === 'fatal') this.failures.push(line);
  }
}
