import type { ToolContext, WebhookSettings } from '../contracts/index.ts';
import type { Arguments } from './arguments.ts';
import type { SourcedTool } from './names.ts';
import { boundedResult, hider, MAX_RESULT_CHARS, shortText } from './text.ts';
import { ToolError } from './tool-error.ts';

const MAX_REDIRECTS = 3;
const ACCEPT = 'application/json, text/*;q=0.9, */*;q=0.1';

/** A tool that is an HTTP request. Throws a ToolError, free of keys, where its settings make no request. */
export function webhookTool(settings: WebhookSettings): SourcedTool {
  const { name, description, parameters, timeoutMs, cancelOnInterrupt, filler } = settings;
  const webhook = new Webhook(settings);
  return {
    spec: { name, description, parameters },
    origin: 'webhook',
    timeoutMs,
    cancelOnInterrupt,
    filler,
    run: (args, context) => webhook.call(args, context),
  };
}

class Webhook {
  readonly #name: string;
  readonly #method: 'GET' | 'POST';
  readonly #url: URL;
  readonly #headers: Headers;
  readonly #hide: (text: string) => string;

  constructor({ name, method, url, headers }: WebhookSettings) {
    this.#name = name;
    this.#method = method;
    this.#url = new URL(url);
    this.#headers = readHeaders(headers);
    const { username, password } = this.#url;
    if (username !== '' && !this.#headers.has('authorization')) {
      const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      this.#headers.set('authorization', `Basic ${Buffer.from(login).toString('base64')}`);
    }
    this.#url.username = this.#url.password = '';
    this.#hide = hider([...this.#headers.values(), ...this.#url.searchParams.values(), decodeURIComponent(password)]);
  }

  async call(args: Arguments, { signal, session }: ToolContext): Promise<string> {
    const response = await this.#request(args, session, signal);
    const { status, ok } = response;
    const type = response.headers.get('content-type') ?? '';
    if (ok && !isText(type)) {
      await response.body?.cancel();
      throw new ToolError('the service answered with something that is not text');
    }
    const text = await this.#read(response, signal);
    if (!ok) throw new ToolError(`the service answered ${status}`, shortText(this.#hide(text)));
    return text.trim() === '' ? `done (${status}, without a result)` : boundedResult(text);
  }

  async #request(args: Arguments, session: string, signal: AbortSignal): Promise<Response> {
    const headers = new Headers(this.#headers);
    if (!headers.has('accept')) headers.set('accept', ACCEPT);
    headers.set('x-parley-session', encodeURIComponent(session));
    headers.set('x-parley-tool', this.#name);
    let url = this.#method === 'GET' ? withQuery(this.#url, args) : this.#url;
    let body = this.#method === 'POST' ? JSON.stringify(args) : undefined;
    if (body !== undefined) headers.set('content-type', 'application/json');
    for (let redirects = 0; ; redirects++) {
      const method = body === undefined ? 'GET' : 'POST';
      const response = await this.#fetch(url, { method, headers, body, signal, redirect: 'manual' });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) return response;
      await response.body?.cancel();
      if (redirects === MAX_REDIRECTS) throw new ToolError('the service redirects without end');
      url = this.#next(response.status, url, location, body !== undefined);
      if (response.status === 303) {
        body = undefined;
        headers.delete('content-type');
      }
    }
  }

  /** Keys in headers stay with the server that they are for, and arguments are not lost on the way. */
  #next(status: number, from: URL, location: string, posted: boolean): URL {
    const to = URL.parse(location, from.href);
    if (to?.origin !== this.#url.origin) throw new ToolError(`the service redirects (${status}) to another server`);
    if (posted && status !== 303 && status !== 307 && status !== 308) {
      throw new ToolError(`the service redirects (${status}) a POST, which would lose its arguments`);
    }
    to.username = to.password = '';
    return to;
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url.href, init);
    } catch (error) {
      init.signal?.throwIfAborted();
      throw unreachable(error);
    }
  }

  /** Reads no more than can be given to the LLM. */
  async #read(response: Response, signal: AbortSignal): Promise<string> {
    const decoder = decoderFor(response.headers.get('content-type') ?? '');
    let text = '';
    try {
      for await (const bytes of response.body ?? []) {
        text += decoder.decode(bytes, { stream: true });
        if (text.length > MAX_RESULT_CHARS) return text;
      }
      return text + decoder.decode();
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(error);
    }
  }
}

/** Says why in a code: messages of the HTTP library quote addresses and headers. */
function unreachable(error: unknown): ToolError {
  const { cause } = error as { cause?: { code?: unknown } };
  const code = typeof cause?.code === 'string' ? ` (${cause.code})` : '';
  return new ToolError(`the service cannot be reached, or broke off${code}`);
}

function readHeaders(given: Readonly<Record<string, string>>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch {
      throw new ToolError(
        `"${shortText(name, 64)}" is no header, or its value has characters that headers cannot hold`,
      );
    }
  }
  return headers;
}

/** Lists give their name several times, objects are JSON, null is left out. */
function withQuery(url: URL, args: Arguments): URL {
  const full = new URL(url);
  for (const [name, value] of Object.entries(args)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === null || item === undefined) continue;
      full.searchParams.append(name, typeof item === 'object' ? JSON.stringify(item) : String(item));
    }
  }
  return full;
}

const isText = (type: string): boolean =>
  type === '' ||
  /^(text\/|application\/([\w.-]+\+)?(json|xml|yaml|javascript|x-ndjson|x-www-form-urlencoded)\b)/i.test(type);

function decoderFor(type: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(/charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8');
  } catch {
    return new TextDecoder();
  }
}
