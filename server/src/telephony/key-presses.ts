import type { Clock } from '../observe/index.ts';

/** Who presses no key for so long has pressed the last one, in ms. */
const PAUSE_MS = 2000;
/** Keys that are told together; further ones begin anew. */
const MOST_KEYS = 32;
const LAST_KEY = '#';

/** Keys of a telephone, one after another: told together when # is pressed, or none for a while. */
export class KeyPresses {
  readonly #clock: Clock;
  readonly #tell: (keys: string) => void;
  #keys = '';
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, tell: (keys: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  press(key: string): void {
    this.#cancel?.();
    this.#keys += key;
    if (key === LAST_KEY || this.#keys.length >= MOST_KEYS) this.#flush();
    else this.#cancel = this.#clock.after(PAUSE_MS, () => this.#flush());
  }

  /** What was pressed last is not told. */
  close(): void {
    this.#cancel?.();
  }

  #flush(): void {
    const keys = this.#keys;
    this.#keys = '';
    this.#tell(keys);
  }
}
