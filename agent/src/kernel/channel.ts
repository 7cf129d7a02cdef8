/** What a full channel does with one more item. */
export type Overflow = 'drop-oldest' | 'drop-newest' | 'fail';

export interface ChannelOptions {
  readonly capacity: number;
  readonly overflow: Overflow;
  readonly onDrop?: () => void;
}

/** A bounded queue from one writer side to one reader. Ending it lets the reader drain; failing it does not. */
export class Channel<T> implements AsyncIterable<T> {
  readonly #options: ChannelOptions;
  readonly #items: T[] = [];
  #ended = false;
  #failure: { error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #taken = false;

  constructor(options: ChannelOptions) {
    if (!(options.capacity > 0)) throw new RangeError('a channel holds at least one item');
    this.#options = options;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** False where the item was not taken: the channel has ended, or is full and drops the newest. */
  push(item: T): boolean {
    if (this.#ended) return false;
    if (this.#items.length >= this.#options.capacity && !this.#makeRoom()) return false;
    this.#items.push(item);
    this.#stir();
    return true;
  }

  end(): void {
    this.#ended = true;
    this.#stir();
  }

  /** The reader throws `error` at its next step; what is queued is dropped. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = { error };
    this.#items.length = 0;
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    if (this.#taken) throw new TypeError('a channel has one reader');
    this.#taken = true;
    try {
      for (;;) {
        while (this.#items.length > 0) yield this.#items.shift() as T;
        if (this.#failure) throw this.#failure.error;
        if (this.#ended) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#ended = true;
      this.#items.length = 0;
    }
  }

  #makeRoom(): boolean {
    this.#options.onDrop?.();
    if (this.#options.overflow === 'drop-newest') return false;
    if (this.#options.overflow === 'fail') {
      this.fail(new RangeError(`channel overflow at ${this.#options.capacity} items`));
      return false;
    }
    this.#items.shift();
    return true;
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
