import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  type CallToolResult,
  CallToolResultSchema,
  ErrorCode,
  ListToolsResultSchema,
  McpError,
  type Tool as McpTool,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { McpServerSettings } from '../contracts/index.ts';
import { type Clock, raceAbort } from '../kernel/index.ts';
import type { Arguments } from './arguments.ts';
import { shortText } from './text.ts';

const MAX_PAGES = 50;
const MAX_LISTED = 500;
/** Longest answer that is taken from a server, in bytes; the SDK bounds stdio likewise. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;
const PING_TIMEOUT_MS = 15_000;
/** For the whole handshake: programs such as npx may have to download first. */
const CONNECT_TIMEOUT_MS = 60_000;
/** A program is asked to end, then it is killed. */
const GRACE_MS = 800;
/** Of what a program writes on its standard error, in characters. */
const MAX_LAST_WORDS = 300;
/** What servers say to a session that they do not know (any more). */
const SESSION_GONE = [400, 404];

/** No need for the SDK's own check of results: the LLM reads them as they are. */
const unchecked = { getValidator: () => (data: unknown) => ({ valid: true, data, errorMessage: undefined }) as never };

/** One connection to an MCP server, until it is lost. */
export class McpConnection {
  /** Aborted when it is over, with the reason in words. */
  readonly #over = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  readonly #client = new Client({ name: 'parley', version: '1' }, { jsonSchemaValidator: unchecked });
  readonly #transport: StdioClientTransport | StreamableHTTPClientTransport;
  readonly #clock: Clock;
  #lastWords = '';
  #pid: number | undefined;
  #checking = false;
  #closing: Promise<void> | undefined;

  private constructor(settings: McpServerSettings, clock: Clock) {
    this.#clock = clock;
    this.#transport = settings.url === undefined ? stdio(settings) : http(settings.url, settings.headers);
  }

  /** Connects and shakes hands. Throws why it could not, or the signal's reason when aborted. */
  static async open(settings: McpServerSettings, clock: Clock, signal: AbortSignal): Promise<McpConnection> {
    signal.throwIfAborted();
    const connection = new McpConnection(settings, clock);
    try {
      await connection.#connect(signal);
      return connection;
    } catch (error) {
      connection.#lose(messageOf(error));
      await connection.close();
      signal.throwIfAborted();
      throw connection.over.reason;
    }
  }

  get over(): AbortSignal {
    return this.#over.signal;
  }

  onToolsChanged(fn: () => void): void {
    this.#client.setNotificationHandler(ToolListChangedNotificationSchema, fn);
  }

  async listTools(signal: AbortSignal): Promise<McpTool[]> {
    const tools: McpTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES && tools.length < MAX_LISTED; page++) {
      const params = cursor === undefined ? {} : { cursor };
      const asked = this.#client.request({ method: 'tools/list', params }, ListToolsResultSchema);
      const { tools: more, nextCursor } = await raceAbort(asked, signal);
      tools.push(...more);
      if (nextCursor === undefined) break;
      cursor = nextCursor;
    }
    return tools.slice(0, MAX_LISTED);
  }

  /** `signal` must be this call's own: the SDK leaves a listener on it. */
  async call(name: string, args: Arguments, timeoutMs: number, signal: AbortSignal): Promise<CallToolResult> {
    const request = { method: 'tools/call' as const, params: { name, arguments: { ...args } } };
    const options = { signal, timeout: timeoutMs };
    try {
      return await raceAbort(this.#client.request(request, CallToolResultSchema, options), signal);
    } catch (error) {
      if (!signal.aborted) this.#judge(error);
      throw error;
    }
  }

  /** Asks whether it is still there, where no program's end tells it. */
  async check(): Promise<void> {
    if (this.#checking || this.over.aborted || this.#transport instanceof StdioClientTransport) return;
    this.#checking = true;
    try {
      await this.#client.ping({ timeout: PING_TIMEOUT_MS });
    } catch (error) {
      if (error instanceof McpError && error.code === ErrorCode.RequestTimeout) this.#lose('it does not answer');
      else this.#judge(error);
    } finally {
      this.#checking = false;
    }
  }

  /** Ends the program, by force where it does not end by itself. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #connect(signal: AbortSignal): Promise<void> {
    this.#client.onclose = () => this.#ended.resolve();
    if (this.#transport instanceof StdioClientTransport) {
      this.#transport.stderr?.on('data', (text) => {
        this.#lastWords = shortText(`${this.#lastWords} ${text}`.slice(-MAX_LAST_WORDS));
      });
    }
    // Without the signal: the SDK would leave a listener on it at each attempt.
    const connecting = this.#client.connect(this.#transport as Transport, { timeout: CONNECT_TIMEOUT_MS });
    if (this.#transport instanceof StdioClientTransport) this.#pid = this.#transport.pid ?? undefined;
    await raceAbort(connecting, signal);
    this.#client.onerror = () => void this.check();
    void this.#ended.promise.then(() => this.#lose('it ended'));
  }

  async #shut(): Promise<void> {
    this.#lose('it was closed');
    if (this.#transport instanceof StreamableHTTPClientTransport) {
      await this.#within(GRACE_MS, this.#transport.terminateSession());
    }
    void this.#client.close().catch(() => {});
    const pid = this.#pid;
    if (pid === undefined || (await this.#within(GRACE_MS, this.#ended.promise))) return;
    kill(pid);
    await this.#within(GRACE_MS, this.#ended.promise);
  }

  /** Whether it is settled after so many ms. */
  #within(ms: number, work: Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => resolve(false));
      const done = (): void => {
        cancel();
        resolve(true);
      };
      work.then(done, done);
    });
  }

  /** An error that no server has answered with means that it is gone. */
  #judge(error: unknown): void {
    if (!isAnswer(error)) this.#lose(messageOf(error));
  }

  #lose(reason: string): void {
    if (this.over.aborted) return;
    this.#over.abort(new Error(this.#lastWords === '' ? reason : `${reason}; it said: ${this.#lastWords}`));
  }
}

/** The server has not taken the call: it may be made again. */
export const isSessionGone = (error: unknown): boolean =>
  error instanceof StreamableHTTPError && SESSION_GONE.includes(error.code ?? 0);

/** The server is there and has answered with an error. */
export const isAnswer = (error: unknown): error is McpError =>
  error instanceof McpError && error.code !== ErrorCode.ConnectionClosed;

const messageOf = (error: unknown): string => {
  if (error instanceof McpError && error.code === ErrorCode.ConnectionClosed) return 'it ended';
  const { cause, message } = error as { cause?: { code?: unknown }; message?: unknown };
  return String(cause?.code ?? message ?? error);
};

/** What programs need of our environment beside what the SDK gives them (PATH, HOME...). Keys are in neither. */
const INHERITED = ['LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];

function stdio({ command = '', args, env }: McpServerSettings): StdioClientTransport {
  const inherited = INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]] as const] : []));
  const whole = { ...Object.fromEntries(inherited), ...env };
  return new StdioClientTransport({ command, args: [...args], env: whole, stderr: 'pipe' });
}

const http = (url: string, headers: Readonly<Record<string, string>>): StreamableHTTPClientTransport =>
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { ...headers } }, fetch: boundedFetch });

/** Answers are bounded; the stream of notices, which is the one GET, goes on for ever. */
const boundedFetch: typeof fetch = async (url, init) => {
  const response = await fetch(url, init);
  if (init?.method === 'GET' || !response.body) return response;
  let bytes = 0;
  const bound = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) controller.error(new RangeError('the answer is too long'));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(bound), { status, statusText, headers });
};

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
