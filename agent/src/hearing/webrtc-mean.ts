/** Of a frame of 10 ms; `held`: silence so soon after speech that it might go on. */
export type Answer = 'speech' | 'held' | 'silence';

/**
 * How many answers make a probability: 50 ms. Sure is only what has been speech throughout; with the gate's own 64 ms
 * that is told some 85 ms into speech, and a sound of 40 ms starts nothing.
 */
const FRAMES = 5;

/** `held` counts little: four frames of speech and a held one must stay below the gate's sure threshold. */
const WEIGHT: Readonly<Record<Answer, number>> = { speech: 1, held: 0.2, silence: 0 };

/** Makes a probability of hard answers: the mean of the last ones. */
export class AnswerMean {
  readonly #weights = new Float64Array(FRAMES);
  #next = 0;

  /** 0..1; what is not yet known counts as silence. */
  get probability(): number {
    return this.#weights.reduce((sum, weight) => sum + weight, 0) / FRAMES;
  }

  add(answer: Answer): void {
    this.#weights[this.#next] = WEIGHT[answer];
    this.#next = (this.#next + 1) % FRAMES;
  }

  clear(): void {
    this.#weights.fill(0);
  }
}
