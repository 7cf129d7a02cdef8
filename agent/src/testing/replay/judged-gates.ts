import type { VadModel } from '../../contracts/index.ts';
import { createVadGate, type GateOptions, SileroEngine, type SpeechGate } from '../../hearing/index.ts';

/** Real voice detection whose judgements can be waited for, so that a clock of ours never runs ahead of them. */
export class JudgedGates {
  readonly #engine: SileroEngine;
  readonly #pending = new Set<Promise<unknown>>();

  private constructor(engine: SileroEngine) {
    this.#engine = engine;
  }

  static async load(): Promise<JudgedGates> {
    return new JudgedGates(await SileroEngine.load({ version: 'v6' }));
  }

  open(options: GateOptions): SpeechGate {
    return createVadGate(this.#waitedFor(this.#engine.open()), options);
  }

  /** Resolves when every window so far is judged, and told of. */
  async judged(): Promise<void> {
    while (this.#pending.size > 0) {
      await Promise.allSettled([...this.#pending]);
      // The gate goes on with its next window, if it has one.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #waitedFor(model: VadModel): VadModel {
    const pending = this.#pending;
    return {
      rate: model.rate,
      windowSamples: model.windowSamples,
      probability(window) {
        const judging = model.probability(window);
        const done = (): void => void pending.delete(settled);
        const settled: Promise<void> = judging.then(done, done);
        pending.add(settled);
        return judging;
      },
      reset: () => model.reset(),
      close: () => model.close(),
    };
  }
}
