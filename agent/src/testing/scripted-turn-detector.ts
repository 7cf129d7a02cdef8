import type { TurnDetector } from '../contracts/index.ts';
import { raceAbort } from '../kernel/index.ts';

/** Says when the test tells it to, or at once where it is given an answer; keeps what it was asked. */
export class ScriptedTurnDetector implements TurnDetector {
  readonly asked: { readonly audio: Int16Array; readonly text: string; readonly signal: AbortSignal }[] = [];
  readonly #answers: PromiseWithResolvers<number>[] = [];
  readonly #always: number | undefined;

  constructor(always?: number) {
    this.#always = always;
  }

  async predict(input: { audio: Int16Array; text: string }, { signal }: { signal: AbortSignal }): Promise<number> {
    const answer = Promise.withResolvers<number>();
    this.asked.push({ ...input, signal });
    this.#answers.push(answer);
    if (this.#always !== undefined) answer.resolve(this.#always);
    return raceAbort(answer.promise, signal);
  }

  /** To question `index`, from 0. */
  answer(index: number, probability: number | Error): void {
    const answer = this.#answers[index];
    if (probability instanceof Error) answer?.reject(probability);
    else answer?.resolve(probability);
  }
}
