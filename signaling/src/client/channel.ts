import { io, type Socket } from 'socket.io-client';
import { PROTOCOL_VERSION } from '../protocol/constants.ts';
import type { Ack, NoticeName, NoticeOf, RequestName, RequestOf, ResponseOf, WireError } from '../protocol/index.ts';
import { type Clock, systemClock } from './clock.ts';
import { SignalingError } from './errors.ts';
import { ANSWER_SHAPES, misfit, NOTICE_SHAPES } from './shapes.ts';

/** Longest wait for the connection and for each answer, ms. */
export const REQUEST_TIMEOUT_MS = 8_000;

/** Where the server is. */
export interface ChannelOptions {
  /** The server's address, e.g. `https://voice.example.org`; absent: where the page came from. */
  readonly url?: string;
  /** Longest wait for the connection, for each answer and for a token, in ms; absent: 8,000. */
  readonly timeoutMs?: number;
  /** For tests. */
  readonly clock?: Clock;
}

/** What a channel tells. */
export interface ChannelHandlers {
  /** Something has happened. `seq` numbers what happens in the room, where it is told to more than this page. */
  notice<N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number): void;
  /** A notice that does not fit the protocol; it was dropped. */
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
      auth: { protocol: PROTOCOL_VERSION },
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
    if (!ack.ok) throw isWireError(ack.error) ? SignalingError.refused(ack.error) : SignalingError.badAnswer(name, ack);
    const wrong = misfit(ack.data, ANSWER_SHAPES[name]);
    if (wrong) throw SignalingError.badAnswer(name, wrong);
    return ack.data as ResponseOf<N>;
  }

  /** False once it has broken, or was closed. */
  get open(): boolean {
    return this.#end === undefined;
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
        fail(isWireError(error.data) ? SignalingError.refused(error.data) : SignalingError.unreachable(error));
      });
      this.#socket.connect();
    });
  }

  #listen(handlers: ChannelHandlers): void {
    for (const name of Object.keys(NOTICE_SHAPES) as NoticeName[]) {
      this.#socket.on(name, (notice: unknown, seq?: unknown) => {
        if (this.#end) return;
        const wrong = misfit(notice, NOTICE_SHAPES[name]);
        if (wrong) handlers.badNotice(name, wrong);
        else handlers.notice(name, notice as NoticeOf<typeof name>, typeof seq === 'number' ? seq : undefined);
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

const isWireError = (error: unknown): error is WireError => !misfit(error, { code: 'string', message: 'string' });
