import { seededRandom } from '../signal.ts';
import type { SceneCaller } from './scene.ts';

/** Which packets get lost: the same ones every time. */
export class LossPattern {
  readonly #random = seededRandom(11);
  /** Chances that a loss begins, and that it goes on. */
  readonly #begins: number;
  readonly #goesOn: number;
  #losing = false;

  constructor({ percent, burst }: NonNullable<SceneCaller['loss']>) {
    this.#goesOn = 1 - 1 / burst;
    this.#begins = Math.min(1, percent / Math.max(1e-9, 100 - percent) / burst);
  }

  /** True where the next packet is lost. */
  next(): boolean {
    this.#losing = this.#random() < (this.#losing ? this.#goesOn : this.#begins);
    return this.#losing;
  }
}
