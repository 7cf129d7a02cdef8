import type { Clock } from '../observe/index.ts';

/** How long a caller who is back may take to hear again, in ms; the agent goes on then all the same. */
export const HEARING_PATIENCE_MS = 5000;
/** A page that is gone has not heard what was on its way, and what came before its connection was known to be lost, in ms. */
const ON_ITS_WAY_MS = 300;

interface AbsenceOptions {
  readonly clock: Clock;
  /** How long the caller may stay away, in ms. */
  readonly windowMs: number;
  onExpired(): void;
  /** The caller hears again, and has heard nothing for so long, in ms. Called once. */
  onHearing(unheardMs: number): void;
}

/** From the loss of a caller's connection until the caller hears again. */
export class Absence {
  readonly #options: AbsenceOptions;
  #silentSince: number;
  #over = false;
  #cancel: () => void;

  constructor(options: AbsenceOptions) {
    const { clock, windowMs } = options;
    this.#options = options;
    this.#silentSince = clock.now() - ON_ITS_WAY_MS;
    this.#cancel = clock.after(windowMs, () => options.onExpired());
  }

  /** The caller is connected again; `silentMs`: for how long nothing was heard, where that is known. */
  connected(silentMs: number | undefined): void {
    const { clock } = this.#options;
    if (silentMs !== undefined) this.#silentSince = clock.now() - silentMs;
    this.#cancel();
    this.#cancel = clock.after(HEARING_PATIENCE_MS, () => this.hearing());
  }

  hearing(): void {
    if (this.#over) return;
    this.end();
    this.#options.onHearing(Math.round(this.#options.clock.now() - this.#silentSince));
  }

  /** Nothing more is told of it. */
  end(): void {
    this.#over = true;
    this.#cancel();
  }
}
