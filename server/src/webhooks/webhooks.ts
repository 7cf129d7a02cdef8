import { randomUUID } from 'node:crypto';
import { type Clock, type Logger, type Metrics, systemClock } from '../observe/index.ts';
import type { WebhookEvent, WebhookTarget } from '../rooms/index.ts';
import { Endpoint } from './endpoint.ts';
import { type Delivery, Spool } from './spool.ts';
import { Story, type Tell, type ToldRoom } from './story.ts';

const HOUR_MS = 3_600_000;

export interface WebhooksOptions {
  /** Where what is not delivered yet is kept. */
  readonly folder: string;
  /** Told of all rooms. */
  readonly target?: WebhookTarget | undefined;
  /** An event that cannot be delivered for so long is given up. */
  readonly keepHours: number;
  /** Of one attempt, in ms. */
  readonly timeoutMs: number;
  /** Events that wait, of all addresses; the oldest makes room for more. */
  readonly maxPending: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly clock?: Clock;
  /** ms since 1970. */
  readonly wallMs?: () => number;
}

/** Tells whoever runs rooms what happens in them: each address in order, each event until it has arrived. */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #clock: Clock;
  readonly #wallMs: () => number;
  readonly #spool: Spool;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #closing = new AbortController();

  private constructor(options: WebhooksOptions) {
    const { folder, maxPending, log, metrics, clock = systemClock, wallMs = Date.now } = options;
    this.#options = options;
    this.#clock = clock;
    this.#wallMs = wallMs;
    const onDropped = ({ type, id }: Delivery): void => {
      metrics.webhook(type, 'dropped');
      log.warn({ event: type, id }, 'too many webhook events wait: the oldest is left out');
    };
    this.#spool = Spool.open({ folder, maxPending, onDropped, log });
  }

  /** What an earlier process has left is delivered first. */
  static open(options: WebhooksOptions): Webhooks {
    const webhooks = new Webhooks(options);
    for (const delivery of webhooks.#spool.pending) webhooks.#send(delivery);
    return webhooks;
  }

  /** Events that are not delivered yet. */
  get pending(): number {
    return this.#spool.size;
  }

  /** Tells of this room until it is over. */
  watch(room: ToldRoom): void {
    const { target } = this.#options;
    const targets = [...(target ? [target] : []), ...(room.plan?.webhooks ?? [])];
    if (targets.length === 0) return;
    const tell: Tell = (type, data) => this.#tell(room, targets, type, data);
    new Story(room, { tell, wallMs: this.#wallMs }).follow();
  }

  /** What is not delivered is kept for the next start. */
  close(): void {
    this.#closing.abort(new DOMException('the server is shutting down', 'AbortError'));
    this.#spool.close();
  }

  #tell(room: ToldRoom, targets: readonly WebhookTarget[], type: WebhookEvent, data: Parameters<Tell>[1]): void {
    const id = `evt_${randomUUID()}`;
    const at = this.#wallMs();
    const { metadata = {} } = room.plan ?? {};
    const event = { id, type, at: new Date(at).toISOString(), room: room.name, conversation: room.id, metadata, data };
    const body = JSON.stringify(event);
    for (const { url, secret, events } of targets) {
      if (!events.includes(type)) continue;
      const delivery = { key: randomUUID(), id, type, url, secret, body, at };
      this.#spool.put(delivery);
      this.#send(delivery);
    }
  }

  #send(delivery: Delivery): void {
    if (this.#closing.signal.aborted) return;
    const address = `${delivery.url}\n${delivery.secret}`;
    const endpoint = this.#endpoints.get(address) ?? this.#open(address);
    endpoint.push(delivery);
  }

  #open(address: string): Endpoint {
    const { keepHours, timeoutMs, log, metrics } = this.#options;
    const endpoint = new Endpoint({
      spool: this.#spool,
      clock: this.#clock,
      wallMs: this.#wallMs,
      keepMs: keepHours * HOUR_MS,
      timeoutMs,
      signal: this.#closing.signal,
      log,
      onFate: ({ type }, fate) => metrics.webhook(type, fate),
      onIdle: () => this.#endpoints.delete(address),
    });
    this.#endpoints.set(address, endpoint);
    return endpoint;
  }
}
