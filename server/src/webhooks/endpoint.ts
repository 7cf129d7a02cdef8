import { isAbort, sleep } from '@parley/agent';
import type { Clock, Logger } from '../observe/index.ts';
import { sign } from './sign.ts';
import type { Delivery, Spool } from './spool.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Waits after failures in a row, in ms; the last one repeats. */
export const RETRY_MS = [5000, 30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 3 * HOUR_MS] as const;
/** An address that asks for more time gets it up to this, in ms. */
const MAX_RETRY_AFTER_MS = HOUR_MS;
/** The address wants no more of it. */
const GONE = 410;

export type Fate = 'delivered' | 'failed' | 'given-up';

export interface EndpointOptions {
  readonly spool: Spool;
  readonly clock: Clock;
  /** ms since 1970. */
  readonly wallMs: () => number;
  /** An event that cannot be delivered for so long is given up, in ms. */
  readonly keepMs: number;
  /** Of one attempt, in ms. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Of an attempt, or of the event. */
  readonly onFate: (delivery: Delivery, fate: Fate) => void;
  /** Nothing waits any more. */
  readonly onIdle: () => void;
}

type Attempt =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterMs: number };

/** One address: its events one after another, each until it has arrived or is given up. */
export class Endpoint {
  readonly #options: EndpointOptions;
  readonly #queue: Delivery[] = [];
  #running: Promise<void> | undefined;

  constructor(options: EndpointOptions) {
    this.#options = options;
  }

  push(delivery: Delivery): void {
    this.#queue.push(delivery);
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    const { spool, clock, signal, onIdle } = this.#options;
    try {
      let failures = 0;
      for (let head = this.#queue[0]; head; head = this.#queue[0]) {
        const attempt = spool.has(head) ? await this.#attempt(head) : undefined;
        signal.throwIfAborted();
        const waitMs = attempt ? this.#judge(head, attempt, failures) : 0;
        failures = waitMs > 0 ? failures + 1 : 0;
        if (waitMs > 0) await sleep(clock, waitMs, signal);
        else if (this.#queue[0] === head) this.#queue.shift();
      }
      this.#running = undefined;
      onIdle();
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }

  /** How long to wait before the same event is tried again, in ms; 0 where it is done. */
  #judge(head: Delivery, attempt: Attempt, failures: number): number {
    const { spool, wallMs, keepMs, log, onFate } = this.#options;
    const { host } = new URL(head.url);
    if (attempt.kind === 'delivered') {
      spool.done(head);
      onFate(head, 'delivered');
      return 0;
    }
    if (attempt.kind === 'gone') {
      log.warn({ host, events: this.#queue.length }, 'a webhook address is gone (410): its events are given up');
      for (const each of this.#queue.splice(0)) this.#giveUp(each);
      return 0;
    }
    onFate(head, 'failed');
    const { why } = attempt;
    if (wallMs() - head.at >= keepMs) {
      log.error({ host, event: head.type, id: head.id, why }, 'a webhook event could not be delivered and is given up');
      this.#giveUp(head);
      return 0;
    }
    const waitMs = Math.max(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0, attempt.retryAfterMs);
    log.warn({ host, event: head.type, id: head.id, why, retryMs: waitMs }, 'a webhook did not take an event');
    return waitMs;
  }

  #giveUp(delivery: Delivery): void {
    this.#options.spool.done(delivery);
    this.#options.onFate(delivery, 'given-up');
  }

  /** Rejects only where all is being closed. */
  async #attempt({ id, url, secret, body }: Delivery): Promise<Attempt> {
    const { clock, wallMs, timeoutMs, signal } = this.#options;
    const own = new AbortController();
    const onAbort = (): void => own.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const cancel = clock.after(timeoutMs, () => own.abort(new Error(`no answer in ${timeoutMs} ms`)));
    try {
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'parley',
        ...sign({ id, body, secret }, Math.floor(wallMs() / 1000)),
      };
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: own.signal });
      await answer.body?.cancel();
      if (answer.ok) return { kind: 'delivered' };
      if (answer.status === GONE) return { kind: 'gone' };
      const retryAfterMs = Math.min(MAX_RETRY_AFTER_MS, 1000 * (Number(answer.headers.get('retry-after')) || 0));
      return { kind: 'failed', why: `it answered ${answer.status}`, retryAfterMs };
    } catch (error) {
      signal.throwIfAborted();
      return { kind: 'failed', why: reasonOf(own.signal.aborted ? own.signal.reason : error), retryAfterMs: 0 };
    } finally {
      cancel();
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** fetch hides it in the cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string } };
  return cause?.code ?? (error instanceof Error ? error.message : String(error));
}
