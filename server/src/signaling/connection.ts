import type { Ack, NoticeName, NoticeOf, RequestName, WireError } from '@parley/signaling/protocol';
import { type Logger, type Metrics, TokenBucket } from '../observe/index.ts';
import type { Registry } from '../rooms/index.ts';
import { isRequest, parseMessage } from './door.ts';
import { RequestRefused, toWireError } from './errors.ts';
import type { Handler, Place, Visit } from './handler.ts';
import { handlers } from './handlers/index.ts';
import { type Notify, relayRoom } from './notices.ts';

export interface MessageLimits {
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
}

export interface ConnectionOptions {
  readonly rooms: Registry;
  readonly limits: MessageLimits;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly notify: Notify;
  addresses(): Promise<readonly string[]>;
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

  enter(place: Place): void {
    if (this.#gone) {
      place.room.leave(place.caller);
      throw new RequestRefused('not-joined', 'the connection has ended');
    }
    this.#place = place;
    this.#held = [];
    const stopRelay = relayRoom(place.room, place.caller, (name, notice) => this.#tell(name, notice));
    const stopWatch = place.room.events.on('closed', () => this.leave());
    this.#stopRelay = () => {
      stopRelay();
      stopWatch();
    };
  }

  leave(): void {
    const place = this.#place;
    if (!place) return;
    this.#place = undefined;
    this.#stopRelay?.();
    place.room.leave(place.caller);
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

  /** The socket is gone: the caller leaves at once, and what is queued is not served. */
  end(): void {
    this.#gone = true;
    this.leave();
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
    try {
      const handle: Handler<N> = handlers[name];
      const data = await handle(parseMessage(name, args), this);
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

  #tell<N extends NoticeName>(name: N, notice: NoticeOf<N>): void {
    const send = (): void => this.#options.notify(name, notice);
    if (this.#held) this.#held.push(send);
    else send();
  }

  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    for (const send of held ?? []) send();
  }
}
