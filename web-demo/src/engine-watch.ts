/** An engine that calls are not given to just now. */
export interface EngineTrouble {
  readonly stage: string;
  readonly name: string;
  /** `failing`: passed over for a while; `missing`: it could not be made. */
  readonly state: 'failing' | 'missing';
}

interface StageAnswer {
  readonly stage: string;
  readonly engines: readonly { readonly name: string; readonly state: 'up' | EngineTrouble['state'] }[];
}

/** How often the server is asked, in ms. */
export const ASK_EVERY_MS = 10_000;

/** Follows during a call how the server's engines feel. The server tells on its own machine only: elsewhere it is not asked again. */
export class EngineWatch {
  readonly #onTrouble: (trouble: readonly EngineTrouble[]) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #refused = false;

  constructor(onTrouble: (trouble: readonly EngineTrouble[]) => void) {
    this.#onTrouble = onTrouble;
  }

  /** May be called again. */
  start(): void {
    if (this.#timer || this.#refused) return;
    this.#timer = setInterval(() => void this.#ask(), ASK_EVERY_MS);
    void this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #ask(): Promise<void> {
    try {
      const answer = await fetch('/v1/engines');
      if (answer.ok) {
        const { stages } = (await answer.json()) as { stages: readonly StageAnswer[] };
        this.#onTrouble(troubleOf(stages));
      } else if (answer.status === 401) {
        this.#refused = true;
        this.stop();
      }
    } catch {
      // The call itself tells when the server is gone.
    }
  }
}

const troubleOf = (stages: readonly StageAnswer[]): EngineTrouble[] =>
  stages.flatMap(({ stage, engines }) =>
    engines.flatMap(({ name, state }) => (state === 'up' ? [] : [{ stage, name, state }])),
  );
