import { raceAbort } from '../../../kernel/index.ts';

/** Lets one in at a time, in the order in which they came. */
export class Line {
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #busy = false;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** False where too many wait already. Throws the signal's reason. Who was let in must leave. */
  async enter(signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted();
    if (!this.#busy) return (this.#busy = true);
    if (this.#waiting.length >= this.#maxWaiting) return false;
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn.resolve);
    try {
      await raceAbort(turn.promise, signal);
      return true;
    } catch (error) {
      const at = this.#waiting.indexOf(turn.resolve);
      if (at >= 0) this.#waiting.splice(at, 1);
      else this.leave(); // its turn came as it gave up
      throw error;
    }
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#busy = false;
  }
}
