import { on } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ProviderError } from '../../../contracts/index.ts';
import { type Clock, raceAbort } from '../../../kernel/index.ts';
import { httpFailure } from '../http-failure.ts';
import { configMessage, credentials, type EdgeMessage, HEADERS, newId, parseMessage } from './wire.ts';

export const SERVER = 'the Edge speech service';
/** Open connections that wait for a text. */
const MAX_IDLE = 4;
/** ms after which a waiting one is closed: the service would do it a little later. */
const IDLE_MS = 20_000;
const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Messages read ahead; at the upper mark the socket is paused. */
const READ_AHEAD = { highWaterMark: 64, lowWaterMark: 16 };
const INVALID_DATA = 1007;

/** The service's clock refused ours. */
class ClockRefused extends Error {
  readonly serverMs: number;

  constructor(serverMs: number) {
    super('403');
    this.serverMs = serverMs;
  }
}

export interface ConnectionsOptions {
  /** Without the scheme's change and the path: `https://...` becomes `wss://.../edge/v1`. */
  readonly baseUrl: URL;
  readonly clock: Clock;
  /** Time of day in ms. */
  readonly now: () => number;
}

/** Connections to the service. One speaks a text at a time; who has spoken to the end waits for the next text. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #idle = new Map<WebSocket, () => void>();
  /** ms by which the service's clock is ahead. */
  #skewMs = 0;
  #closed = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Time of day at the service, in ms. */
  get now(): number {
    return this.#options.now() + this.#skewMs;
  }

  /** Connections that wait for a text. */
  get idle(): number {
    return this.#idle.size;
  }

  /** One that waited, or a new one. `fresh` says which. */
  async take(signal: AbortSignal): Promise<{ socket: WebSocket; fresh: boolean }> {
    for (const [socket, forget] of this.#idle) {
      forget();
      if (socket.readyState === WebSocket.OPEN) return { socket, fresh: false };
    }
    return { socket: await this.#open(signal), fresh: true };
  }

  /** Takes back one whose text is spoken. */
  give(socket: WebSocket): void {
    const close = (): void => socket.terminate();
    if (this.#closed || this.#idle.size >= MAX_IDLE || socket.readyState !== WebSocket.OPEN) {
      close();
      return;
    }
    const cancel = this.#options.clock.after(IDLE_MS, close);
    const forget = (): void => {
      cancel();
      socket.off('close', forget).off('message', close);
      this.#idle.delete(socket);
    };
    socket.once('close', forget).once('message', close); // it has nothing to say now
    this.#idle.set(socket, forget);
  }

  close(): void {
    this.#closed = true;
    for (const socket of this.#idle.keys()) socket.terminate();
  }

  /** Once more where the clocks differ: the service tells its time with the refusal. */
  async #open(signal: AbortSignal): Promise<WebSocket> {
    try {
      return await this.#connect(signal);
    } catch (error) {
      if (!(error instanceof ClockRefused)) throw error;
      this.#skewMs = error.serverMs - this.#options.now();
    }
    try {
      return await this.#connect(signal);
    } catch (error) {
      throw error instanceof ClockRefused ? httpFailure(SERVER, 403) : error;
    }
  }

  async #connect(signal: AbortSignal): Promise<WebSocket> {
    signal.throwIfAborted();
    const url = new URL('edge/v1', this.#options.baseUrl);
    url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
    url.search = `${credentials(this.now)}&ConnectionId=${newId()}`;
    const cookie = `muid=${newId().toUpperCase()};`;
    const socket = new WebSocket(url, { headers: { ...HEADERS, cookie }, maxPayload: MAX_MESSAGE_BYTES });
    socket.on('error', () => {}); // who waits for it is told; one that is idle is forgotten when it closes
    try {
      await raceAbort(opened(socket), signal);
    } catch (error) {
      socket.terminate();
      throw error;
    }
    socket.send(configMessage(new Date(this.now)));
    return socket;
  }
}

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
    socket.once('unexpected-response', (request, response: IncomingMessage) => {
      const { statusCode = 0, headers } = response;
      const serverMs = Date.parse(headers.date ?? '');
      request.destroy();
      reject(statusCode === 403 && serverMs ? new ClockRefused(serverMs) : httpFailure(SERVER, statusCode));
    });
  });

/**
 * What the service says on a connection, from the first `next` on. The reader leaves at the end of its text: that the
 * connection ends is an error here.
 */
export async function* messagesOn(socket: WebSocket, signal: AbortSignal): AsyncGenerator<EdgeMessage> {
  let code = 0;
  const onClose = (closed: number): void => {
    code = closed;
  };
  socket.once('close', onClose);
  try {
    for await (const [data, isBinary] of on(socket, 'message', { signal, close: ['close'], ...READ_AHEAD }))
      yield parsed(data as Buffer, isBinary as boolean);
    if (code === INVALID_DATA) throw ProviderError.badRequest('tts', `${SERVER} did not accept the voice or the text`);
    throw ProviderError.unavailable('tts', `${SERVER} hung up in mid-sentence${code ? ` (${code})` : ''}`);
  } finally {
    socket.off('close', onClose);
    if (socket.isPaused) socket.resume();
  }
}

function parsed(data: Buffer, isBinary: boolean): EdgeMessage {
  try {
    return parseMessage(data, isBinary);
  } catch (error) {
    throw ProviderError.unavailable('tts', `${SERVER} said something unknown`, { cause: error });
  }
}
