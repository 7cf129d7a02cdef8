import { io, type Socket } from 'socket.io-client';
import {
  type Ack,
  type NoticeName,
  type NoticeOf,
  notices,
  PROTOCOL_VERSION,
  type RequestName,
  type RequestOf,
  type ResponseOf,
  requests,
  wireError,
} from '../protocol/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { SignalingError } from './errors.ts';

/** Longest wait for the connection and for each answer, ms. */
export const REQUEST_TIMEOUT_MS = 8_000;

export interface ChannelOptions {
  /** The server's address, e.g. `https://voice.example.org`; absent: where the page came from. */
  readonly url?: string;
  /** From the HTTP API, where the server asks for one. */
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

export interface ChannelHandlers {
  notice<N extends NoticeName>(name: N, notice: NoticeOf<N>): void;
  /** A notice that does not fit its schema; it was dropped. */
  badNotice(name: NoticeName, error: Error): void;
  /** Once, when the connection breaks; not after `close()`. */
  drop(error: SignalingError): void;
}

/** One connection to the server: requests with typed answers up, checked notices down. It never reconnects. */
export class Channel {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  /** Rejects the requests that wait, each with the same error. */
  readonly #waiting = new Set<(error: SignalingError) => void>();
  #end: SignalingError | undefined;

  private constructor(socket: Socket, options: ChannelOptions) {
    this.#socket = socket;
    this.#clock = options.clock ?? systemClock;
    this.#timeoutMs = options.timeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  /** Connects. Throws a SignalingError: the server's refusal, `unreachable`, `timeout`, or `closed` when aborted. */
  static async open(options: ChannelOptions, handlers: ChannelHandlers, signal: AbortSignal): Promise<Channel> {
    const settings = {
      auth: { protocol: PROTOCOL_VERSION, token: options.token },
      // One reconnection system: the call makes a new channel and joins again.
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
    };
    const socket = options.url ? io(options.url, settings) : io(settings);
    const channel = new Channel(socket, options);
    channel.#listen(handlers);
    const stop = () => channel.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (signal.aborted) throw SignalingError.closed();
      await channel.#connect();
      return channel;
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Sends a request; resolves with the data of its ack. Throws a SignalingError. */
  async request<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    const ack = await this.#settle<Ack<unknown>>(name, (done) => this.#socket.emit(name, message, done));
    if (!ack || typeof ack !== 'object') throw SignalingError.badAnswer(name, ack);
    if (!ack.ok) {
      const refusal = wireError.safeParse(ack.error);
      throw refusal.success ? SignalingError.refused(refusal.data) : SignalingError.badAnswer(name, refusal.error);
    }
    const answer = requests[name].response.safeParse(ack.data);
    if (!answer.success) throw SignalingError.badAnswer(name, answer.error);
    return answer.data as ResponseOf<N>;
  }

  /** Requests that wait fail with `closed`. */
  close(): void {
    this.#finish(SignalingError.closed());
    this.#socket.disconnect();
  }

  #connect(): Promise<void> {
    return this.#settle<void>('the connection', (done, fail) => {
      this.#socket.once('connect', () => done());
      this.#socket.once('connect_error', (error: Error & { data?: unknown }) => {
        const refusal = wireError.safeParse(error.data);
        fail(refusal.success ? SignalingError.refused(refusal.data) : SignalingError.unreachable(error));
      });
      this.#socket.connect();
    });
  }

  #listen(handlers: ChannelHandlers): void {
    for (const name of Object.keys(notices) as NoticeName[]) {
      this.#socket.on(name, (notice: unknown) => {
        if (this.#end) return;
        const parsed = notices[name].safeParse(notice);
        if (parsed.success) handlers.notice(name, parsed.data as NoticeOf<typeof name>);
        else handlers.badNotice(name, parsed.error);
      });
    }
    this.#socket.on('disconnect', (why: string) => {
      if (this.#end) return;
      const error = SignalingError.disconnected(why);
      this.#finish(error);
      handlers.drop(error);
    });
  }

  /** One promise for an exchange, with the timeout and the channel's end as the ways to fail. */
  #settle<T>(what: string, start: (done: (value: T) => void, fail: (error: SignalingError) => void) => void) {
    return new Promise<T>((resolve, reject) => {
      if (this.#end) return reject(this.#end);
      const fail = (error: SignalingError) => {
        settled();
        reject(error);
      };
      const cancel = this.#clock.after(this.#timeoutMs, () => fail(SignalingError.timeout(what, this.#timeoutMs)));
      const settled = () => {
        cancel();
        this.#waiting.delete(fail);
      };
      this.#waiting.add(fail);
      start((value) => {
        settled();
        resolve(value);
      }, fail);
    });
  }

  #finish(error: SignalingError): void {
    this.#end ??= error;
    for (const fail of [...this.#waiting]) fail(error);
  }
}
