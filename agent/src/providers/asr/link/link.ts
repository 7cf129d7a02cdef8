import type { IncomingMessage } from 'node:http';
import OpenAI from 'openai';
import { type ClientOptions, WebSocket } from 'ws';
import { ProviderError } from '../../../contracts/index.ts';
import { raceAbort } from '../../../kernel/index.ts';

export interface LinkOptions {
  /** `ws:`, `wss:`, `http:` or `https:`. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `ca`: PEM of certificates that are trusted; `rejectUnauthorized: false`: any certificate is. */
  readonly tls?: Pick<ClientOptions, 'ca' | 'rejectUnauthorized'>;
}

export type Outgoing = string | Uint8Array;

export interface LinkListener {
  onMessage(text: string): void;
  /** At most once. */
  onBroken(error: BrokenLink): void;
}

/** The connection could not be opened, or is no more. `cause`: why; absent where the other side hung up. */
export class BrokenLink extends Error {
  /** It had been open: a new one may well work. */
  readonly wasOpen: boolean;

  constructor(wasOpen: boolean, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenLink';
    this.wasOpen = wasOpen;
  }
}

/** A message of a recogniser is a few sentences. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Half a minute of 16 kHz PCM that the network has not taken; whoever sends more waits. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** Messages before anybody listens; what exceeds it is dropped, newest first. */
const MAX_EARLY = 16;
const MAX_REFUSAL_BYTES = 4096;
const MAX_REASON = 200;

/** One WebSocket to a recogniser. */
export class Link {
  /** Rejects with BrokenLink. */
  readonly opened: Promise<void>;
  readonly #socket: WebSocket;
  readonly #ended = Promise.withResolvers<void>();
  readonly #early: string[] = [];
  #listener: LinkListener | undefined;
  #wasOpen = false;
  #awaitsPong = false;
  #cause: unknown;
  #broken: BrokenLink | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const opened = Promise.withResolvers<void>();
    opened.promise.catch(() => {});
    this.opened = opened.promise;
    socket.on('open', () => {
      this.#wasOpen = true;
      opened.resolve();
    });
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#take(String(data));
    });
    socket.on('pong', () => {
      this.#awaitsPong = false;
    });
    socket.on('unexpected-response', (_, response) => void this.#refuse(response));
    socket.on('error', (error) => {
      this.#cause ??= error; // 'close' follows
    });
    socket.on('close', (code, reason) => {
      this.#break(code, String(reason));
      opened.reject(this.#broken);
      this.#ended.resolve();
    });
  }

  /** Begins to connect. Throws ProviderError for an address that is none. */
  static open({ url, headers, tls }: LinkOptions): Link {
    if (!/^(ws|http)s?:/.test(url) || !URL.canParse(url))
      throw ProviderError.badRequest('asr', `"${url}" is no address of a WebSocket: it begins with ws:// or wss://`);
    const options = { headers, ...tls, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false };
    return new Link(new WebSocket(url, options));
  }

  /** Resolves when the socket is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  get broken(): BrokenLink | undefined {
    return this.#broken;
  }

  /** Replaces the listener before; undefined for nobody. Messages that came before are told at once. */
  listen(listener: LinkListener | undefined): void {
    this.#listener = listener;
    if (!listener) return;
    for (const text of this.#early.splice(0)) listener.onMessage(text);
    if (this.#broken) listener.onBroken(this.#broken);
  }

  /** Waits while the server takes less than it is given. Throws BrokenLink. */
  async send(data: Outgoing, signal: AbortSignal): Promise<void> {
    if (this.#broken) throw this.#broken;
    const sent = new Promise<void>((resolve) => this.#socket.send(data, () => resolve()));
    if (this.#socket.bufferedAmount > MAX_UNSENT_BYTES) await raceAbort(sent, signal);
  }

  /** Asks for a sign of life. False where the last one asked for has not come. */
  ping(): boolean {
    if (this.#awaitsPong) return false;
    if (this.#socket.readyState !== WebSocket.OPEN) return true;
    this.#awaitsPong = true;
    this.#socket.ping();
    return true;
  }

  /** Says good-bye; a server that does not answer it is left by `destroy`. */
  close(): void {
    this.#socket.close(1000);
  }

  destroy(): void {
    this.#socket.terminate();
  }

  #take(text: string): void {
    if (this.#listener) this.#listener.onMessage(text);
    else if (this.#early.length < MAX_EARLY) this.#early.push(text);
  }

  #break(code: number, reason: string): void {
    const said = reason ? `: ${reason.slice(0, MAX_REASON)}` : '';
    this.#broken = new BrokenLink(this.#wasOpen, `hung up (${code}${said})`, { cause: this.#cause });
    this.#listener?.onBroken(this.#broken);
  }

  /** An answer of HTTP in place of a WebSocket: a wrong key, a wrong path, too many requests. */
  async #refuse(response: IncomingMessage): Promise<void> {
    let body = '';
    try {
      for await (const piece of response.setEncoding('utf8')) {
        body += piece;
        if (body.length > MAX_REFUSAL_BYTES) break;
      }
    } catch {} // what came of it will do
    this.#cause = OpenAI.APIError.generate(response.statusCode, parsed(body), undefined, new Headers());
    this.#socket.terminate();
  }
}

function parsed(body: string): object | undefined {
  try {
    return Object(JSON.parse(body));
  } catch {
    return undefined;
  }
}
