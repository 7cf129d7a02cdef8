import type { Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import type { McpServerSettings, ToolContext } from '../contracts/index.ts';
import { abortable, Channel, type Clock, raceAbort, sleep } from '../kernel/index.ts';
import type { Arguments } from './arguments.ts';
import { isAnswer, isSessionGone, McpConnection } from './mcp-connection.ts';
import { resultText } from './mcp-content.ts';
import type { SourcedTool } from './names.ts';
import { hider, shortText } from './text.ts';
import type { ToolLog } from './tool-box.ts';
import { ToolError } from './tool-error.ts';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 60_000;
/** A connection that held for so long was a good one: the next is tried soon. */
const GOOD_MS = 30_000;
/** How often a server over HTTP, whose end nothing tells, is asked whether it is there. */
const CHECK_EACH_MS = 30_000;
/** A server whose tools change all the time is not listed more often. */
const LIST_PAUSE_MS = 1000;
const MAX_NAMES_LOGGED = 20;
/** The tool's own timeout comes first; this one is the SDK's. */
const EXTRA_MS = 1000;

export interface McpServerOptions {
  readonly name: string;
  readonly settings: McpServerSettings;
  readonly clock: Clock;
  readonly log: ToolLog;
}

/** An MCP server that is kept connected: while it is down its tools are absent, and it is tried again and again. */
export class McpServer {
  readonly #options: McpServerOptions;
  readonly #stop = new AbortController();
  readonly #hide: (text: string) => string;
  readonly #tried = Promise.withResolvers<void>();
  #link = Promise.withResolvers<McpConnection>();
  #current: McpConnection | undefined;
  #tools: readonly SourcedTool[] = [];
  #running: Promise<void> | undefined;
  #state: 'new' | 'up' | 'down' = 'new';
  #news = '';

  constructor(options: McpServerOptions) {
    this.#options = options;
    this.#hide = hider([...Object.values(options.settings.headers), ...Object.values(options.settings.env)]);
    this.#link.promise.catch(() => {});
  }

  get tools(): readonly SourcedTool[] {
    return this.#tools;
  }

  /** Says so where the first attempt has not ended yet. */
  tellIfSlow(ms: number): void {
    const { name, log } = this.#options;
    if (this.#state !== 'new') return;
    log('warn', `MCP server "${name}" has not answered in ${ms} ms: its tools are absent until it does`);
  }

  /** Resolves when the first attempt has ended, well or badly; it is kept connected from then on. */
  start(): Promise<void> {
    this.#running ??= this.#run(this.#stop.signal).catch(() => {});
    return this.#tried.promise;
  }

  /** Resolves when its program has ended. */
  async close(): Promise<void> {
    this.#stop.abort(new ToolError('the server is closing'));
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (let failures = 0; ; failures++) {
      const startedAt = clock.now();
      await this.#once(signal).catch((error) => this.#down(error));
      this.#tried.resolve();
      if (clock.now() - startedAt >= GOOD_MS) failures = 0;
      await sleep(clock, Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS), signal);
    }
  }

  /** Connects and serves until the connection is over; then throws why. */
  async #once(signal: AbortSignal): Promise<never> {
    const { settings, clock } = this.#options;
    const connection = await McpConnection.open(settings, clock, signal).catch((error) => {
      this.#absent(error);
      throw error;
    });
    const { over } = connection;
    const onStop = (): void => void connection.close();
    signal.addEventListener('abort', onStop, { once: true });
    over.addEventListener('abort', () => this.#absent(over.reason), { once: true });
    const changes = new Channel<true>({ capacity: 1, overflow: 'drop-newest' });
    connection.onToolsChanged(() => changes.push(true));
    try {
      if (signal.aborted) onStop();
      await this.#list(connection);
      this.#current = connection;
      this.#link.resolve(connection);
      this.#tried.resolve();
      if (settings.url !== undefined) void this.#watch(connection).catch(() => {});
      for await (const _ of abortable(changes, over)) {
        await this.#list(connection);
        await sleep(clock, LIST_PAUSE_MS, over);
      }
      throw over.reason;
    } finally {
      signal.removeEventListener('abort', onStop);
      const closed = connection.close();
      if (signal.aborted) await closed;
    }
  }

  async #list(connection: McpConnection): Promise<void> {
    const { only } = this.#options.settings;
    const all = await connection.listTools(connection.over);
    this.#tools = all.filter(({ name }) => only?.includes(name) ?? true).map((tool) => this.#made(tool));
    this.#up(all.map(({ name }) => name));
  }

  async #watch(connection: McpConnection): Promise<never> {
    for (;;) {
      await sleep(this.#options.clock, CHECK_EACH_MS, connection.over);
      await connection.check();
    }
  }

  #made({ name, title, description, inputSchema }: McpTool): SourcedTool {
    const { timeoutMs, cancelOnInterrupt, filler } = this.#options.settings;
    return {
      spec: { name, description: description ?? title ?? name, parameters: inputSchema },
      origin: 'mcp',
      source: this.#options.name,
      timeoutMs,
      cancelOnInterrupt,
      filler,
      run: (args, context) => this.#call(name, args, context),
    };
  }

  async #call(name: string, args: Arguments, { signal }: ToolContext): Promise<string> {
    const timeoutMs = this.#options.settings.timeoutMs + EXTRA_MS;
    try {
      if (!this.#current) throw new ToolError('its server is not there just now');
      const result = await this.#current.call(name, args, timeoutMs, signal).catch(async (error) => {
        if (!isSessionGone(error)) throw error;
        // The server was started anew and has not taken the call.
        return (await raceAbort(this.#link.promise, signal)).call(name, args, timeoutMs, signal);
      });
      return resultText(result);
    } catch (error) {
      if (signal.aborted || error instanceof ToolError) throw error;
      throw this.#refused(error);
    }
  }

  /** What a server says of a call is for the LLM; that the connection broke is all that it need know of that. */
  #refused(error: unknown): ToolError {
    if (!isAnswer(error)) return new ToolError('its server broke off; it is being connected again');
    return new ToolError('its server refused the call', shortText(this.#hide(withoutCodes(error.message))), {
      cause: error,
    });
  }

  #absent(reason: unknown): void {
    this.#current = undefined;
    this.#tools = [];
    this.#link.reject(reason);
    this.#link = Promise.withResolvers();
    this.#link.promise.catch(() => {});
  }

  #up(listed: readonly string[]): void {
    const { name, settings, log } = this.#options;
    const names = this.#tools.map(({ spec }) => spec.name);
    const shown = names.slice(0, MAX_NAMES_LOGGED).join(', ') + (names.length > MAX_NAMES_LOGGED ? ', ...' : '');
    const news = `${names.length} of ${listed.length} tools${names.length > 0 ? `: ${shown}` : ''}`;
    if (this.#state === 'up' && news === this.#news) return;
    this.#state = 'up';
    this.#news = news;
    log('info', `MCP server "${name}": ${news}`);
    const missing = settings.only?.filter((wanted) => !listed.includes(wanted)) ?? [];
    if (missing.length > 0) log('warn', `MCP server "${name}" has no tool called ${missing.join(', ')}`);
  }

  /** Said once for each time that it goes down. */
  #down(error: unknown): void {
    if (this.#stop.signal.aborted || this.#state === 'down') return;
    const { name, log } = this.#options;
    const what = this.#state === 'up' ? 'is gone' : 'does not come up';
    this.#state = 'down';
    const why = shortText(this.#hide(error instanceof Error ? error.message : String(error)));
    log('warn', `MCP server "${name}" ${what} (${why}): its tools are absent until it is back; trying again`);
  }
}

/** The SDKs of both sides put `MCP error -32602: ` before what the tool said. */
const withoutCodes = (message: string): string => message.replace(/^(MCP error -?\d+: )+/, '');
