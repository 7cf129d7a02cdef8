import { abortable, type Clock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import type { Health } from './health.ts';

/** An engine in its place in a chain. */
export interface Link<Engine> {
  readonly engine: Engine;
  readonly health: Health;
  /** What it calls the voice, where the others call it something else. */
  readonly voice?: string;
}

export interface AttemptOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** ms to its next sign of life; undefined while none is due. Absent: another engine does not stand ready, so take your time. */
  readonly patienceMs?: () => number | undefined;
}

/** One engine's try at a call: aborted with the caller's reason, or when it has let the caller wait too long. */
export class Attempt<Engine> {
  readonly link: Link<Engine>;
  readonly #deadline: Deadline;
  readonly #patienceMs: () => number | undefined;
  #gave = false;
  #settled = false;

  constructor(link: Link<Engine>, { signal, clock, patienceMs = () => undefined }: AttemptOptions) {
    this.link = link;
    this.#deadline = new Deadline({ stage: link.health.stage, ms: 0, parent: signal, clock });
    this.#deadline.pause();
    this.#patienceMs = patienceMs;
  }

  get engine(): Engine {
    return this.link.engine;
  }

  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** It has given something. */
  get gave(): boolean {
    return this.#gave;
  }

  /** What the engine gives. Its time stands still while the reader is busy. */
  async *read<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    this.wait();
    for await (const item of abortable(source, this.signal)) {
      this.#gave = true;
      this.#deadline.pause();
      yield item;
      this.wait();
    }
    this.#deadline.pause();
  }

  /** The caller waits for it from now on, if something is due. */
  readonly wait = (): void => {
    const ms = this.#patienceMs();
    if (ms !== undefined) this.#deadline.touch(ms);
  };

  succeeded(): void {
    this.#settled = true;
    this.link.health.succeeded();
  }

  failed(reason: Parameters<Health['failed']>[0]): void {
    this.#settled = true;
    this.link.health.failed(reason);
  }

  /** Ends what it still has open. A caller who left says nothing of the engine, unless it had given something. */
  close(): void {
    if (!this.#settled && this.#gave) this.succeeded();
    else if (!this.#settled) this.link.health.released();
    this.#settled = true;
    this.#deadline.close();
  }
}
