import { ProviderError, type Stage } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';

export interface DeadlineOptions {
  readonly stage: Stage;
  /** ms without a sign of life. */
  readonly ms: number;
  readonly parent: AbortSignal;
  readonly clock: Clock;
}

/**
 * One request's right to go on: aborted with the caller's reason, or with ProviderError.timeout when nothing came for
 * too long. Closing it aborts what the request still has open.
 */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #options: DeadlineOptions;
  readonly #onParent: () => void;
  #cancel = (): void => {};

  constructor(options: DeadlineOptions) {
    this.#options = options;
    this.#onParent = () => this.#controller.abort(options.parent.reason);
    if (options.parent.aborted) this.#onParent();
    else options.parent.addEventListener('abort', this.#onParent, { once: true });
    this.touch();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Something came: the time starts anew. */
  touch(ms = this.#options.ms): void {
    const { clock, stage } = this.#options;
    this.#cancel();
    this.#cancel = clock.after(ms, () =>
      this.#controller.abort(ProviderError.timeout(stage, `no answer from the ${stage} engine in ${ms} ms`)),
    );
  }

  /** The time stands still until the next touch: the reader is slow, not the engine. */
  pause(): void {
    this.#cancel();
  }

  close(): void {
    this.#cancel();
    this.#options.parent.removeEventListener('abort', this.#onParent);
    this.#controller.abort(new DOMException('the request is over', 'AbortError'));
  }
}
