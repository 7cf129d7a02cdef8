import type {
  Ack,
  IceServer,
  NoticeName,
  NoticeOf,
  RequestName,
  RequestOf,
  WireError,
} from '@parley/signaling/protocol';
import type { Sender } from '../access/index.ts';
import { type Logger, type Metrics, TokenBucket } from '../observe/index.ts';
import type { Caller, Entry, NumberedNews, Registry } from '../rooms/index.ts';
import { isRequest, parseMessage } from './door.ts';
import { RequestRefused, toWireError } from './errors.ts';
import type { Handler, Place, Visit } from './handler.ts';
import { handlers } from './handlers/index.ts';
import { callEnded, type Notify, noticeFor } from './notices.ts';
import type { Permits } from './permits.ts';

export interface MessageLimits {
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
}

export interface ConnectionOptions {
  readonly rooms: Registry;
  readonly limits: MessageLimits;
  readonly permits: Permits;
  readonly sender: Sender;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly notify: Notify;
  addresses(): Promise<readonly string[]>;
  /** TURN servers, with credentials for this caller. */
  iceServersFor(callerId: string): IceServer[];
  /** Ends the connection with a peer that does not listen to refusals. */
  expel(): void;
}

/** Requests that wait for the ones before them; more are refused. */
const LONGEST_QUEUE = 64;
/** Refusals for being too fast, in a row, that end the connection. */
const PATIENCE = 500;

type Answer = (ack: Ack<unknown>) => void;

/** One socket's requests, in order, and its place in a room. */
export class Connection implements Visit {
  readonly #options: ConnectionOptions;
  readonly #bucket: TokenBucket;
  #tail: Promise<void> = Promise.resolve();
  #queued = 0;
  #tooFast = 0;
  #place: Place | undefined;
  #stopRelay: (() => void) | undefined;
  /** Notices that wait for the answer to `join`: a client knows nothing of its room before. */
  #held: (() => void)[] | undefined;
  #gone = false;

  constructor(options: ConnectionOptions) {
    const { requestsPerSecond, requestBurst } = options.limits;
    this.#options = options;
    this.#bucket = new TokenBucket({ perSecond: requestsPerSecond, burst: requestBurst }, options.now);
  }

  get rooms(): Registry {
    return this.#options.rooms;
  }

  get joined(): boolean {
    return this.#place !== undefined;
  }

  get place(): Place {
    if (!this.#place) throw new RequestRefused('not-joined', 'join a room first');
    return this.#place;
  }

  addresses(): Promise<readonly string[]> {
    return this.#options.addresses();
  }

  get iceServers(): IceServer[] | undefined {
    const servers = this.#options.iceServersFor(this.place.caller.id);
    return servers.length > 0 ? servers : undefined;
  }

  join(message: RequestOf<'join'>): Promise<Entry> {
    const { permits, sender, rooms } = this.#options;
    return permits.join(message, sender, rooms);
  }

  enter(place: Place, back?: { readonly missed: readonly NumberedNews[] }): void {
    const { room, caller } = place;
    if (this.#gone) {
      // Who has never had an answer knows no way back.
      if (back) room.away(caller);
      else room.leave(caller);
      throw new RequestRefused('not-joined', 'the connection has ended');
    }
    this.#place = { room, caller };
    this.#held = [];
    caller.occupy(() => this.#displaced(caller));
    for (const news of back?.missed ?? []) this.#relay(news, caller.id);
    const stops = [
      room.events.on('news', (news) => this.#relay(news, caller.id)),
      room.events.on('closed', (reason) => {
        this.#tell('call-ended', callEnded(reason));
        this.leave();
      }),
    ];
    this.#stopRelay = () => {
      for (const stop of stops) stop();
    };
  }

  leave(): void {
    const place = this.#vacate();
    place?.room.leave(place.caller);
  }

  /** Takes whatever the socket brings: an event's name and arguments, the ack last where the client wants one. */
  receive(event: unknown, args: readonly unknown[]): void {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as Answer) : undefined;
    const message = ack ? args.slice(0, -1) : args;
    const name = typeof event === 'string' && isRequest(event) ? event : undefined;
    if (!this.#admit()) {
      this.#refuse(name, ack, new RequestRefused('too-many-requests', 'slow down'));
    } else if (!name) {
      this.#refuse(name, ack, new RequestRefused('unknown-request', 'there is no such request'));
    } else {
      this.#queued += 1;
      this.#tail = this.#tail.then(() => this.#serve(name, message, ack));
    }
  }

  /** The socket is gone: the caller may come back by another, and what is queued is not served. */
  end(): void {
    this.#gone = true;
    const place = this.#vacate();
    place?.room.away(place.caller);
  }

  #vacate(): Place | undefined {
    const place = this.#place;
    this.#place = undefined;
    this.#stopRelay?.();
    return place;
  }

  /** Another connection speaks for the caller now. */
  #displaced(caller: Caller): void {
    if (this.#place?.caller !== caller) return;
    this.#vacate();
    this.#tell('call-ended', callEnded('taken-over'));
  }

  #relay({ seq, news }: NumberedNews, callerId: string): void {
    const told = noticeFor(news, callerId);
    if (told) this.#tell(told.name, told.notice, seq);
  }

  #admit(): boolean {
    if (this.#queued < LONGEST_QUEUE && this.#bucket.take()) {
      this.#tooFast = 0;
      return true;
    }
    this.#tooFast += 1;
    if (this.#tooFast === PATIENCE) this.#options.expel();
    return false;
  }

  async #serve<N extends RequestName>(name: N, args: readonly unknown[], ack: Answer | undefined): Promise<void> {
    this.#queued -= 1;
    if (this.#gone) return;
    if (this.#place) this.rooms.hasSecret(this.#place.caller);
    try {
      const handle: Handler<N> = handlers[name];
      const message = parseMessage(name, args);
      this.#options.permits.check(name, message, this.#place, this.#options.sender);
      const data = await handle(message, this);
      this.#options.metrics.request(name, 'ok');
      ack?.({ ok: true, data });
    } catch (error) {
      this.#refuse(name, ack, error);
    } finally {
      this.#release();
    }
  }

  #refuse(name: RequestName | undefined, ack: Answer | undefined, cause: unknown): void {
    const { metrics, log } = this.#options;
    const error: WireError = toWireError(cause);
    if (error.code === 'internal') log.error({ err: cause, request: name }, 'a request failed');
    metrics.request(name ?? 'unknown', error.code);
    ack?.({ ok: false, error });
  }

  #tell<N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number): void {
    const send = (): void => this.#options.notify(name, notice, seq);
    if (this.#held) this.#held.push(send);
    else send();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const send of held ?? []) send();
  }
}
