import type { OwnWords } from './floor.ts';

/** What waits to be said; what has waited longest makes room for more. */
const MAX_WAITING = 8;

export interface OwnWordsOptions {
  /** Somebody hears, and nobody has the floor. */
  readonly mayBegin: () => boolean;
  readonly begin: (words: OwnWords) => void;
  readonly onDropped: () => void;
}

/** What the agent has been told to say, one after another, each as soon as nobody has the floor. */
export class OwnWordsQueue {
  readonly #options: OwnWordsOptions;
  #waiting: OwnWords[] = [];

  constructor(options: OwnWordsOptions) {
    this.#options = options;
  }

  push(words: OwnWords): void {
    this.#waiting.push(words);
    this.#bound();
    this.next();
  }

  /** Before all that waits; it begins with `next`. */
  putFirst(words: OwnWords): void {
    this.#waiting.unshift(words);
    if (this.#waiting.length > MAX_WAITING) this.#drop(1);
  }

  /** Begins the next, if it may. */
  next(): void {
    if (this.#waiting.length === 0 || !this.#options.mayBegin()) return;
    const words = this.#waiting.shift();
    if (words) this.#options.begin(words);
  }

  clear(): void {
    this.#waiting = [];
  }

  #bound(): void {
    if (this.#waiting.length > MAX_WAITING) this.#drop(0);
  }

  #drop(at: number): void {
    this.#waiting.splice(at, 1);
    this.#options.onDropped();
  }
}
