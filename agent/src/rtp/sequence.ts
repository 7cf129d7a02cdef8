/** Follows a counter of `bits` bits past its wraps, either way: the nearest of its readings is meant. */
class Unwrapper {
  readonly #span: number;
  #last: number | undefined;

  constructor(bits: number) {
    this.#span = 2 ** bits;
  }

  /** The counter as it would be had it never wrapped. Starts in the second round, so that it stays positive. */
  unwrap(value: number): number {
    if (this.#last === undefined) {
      this.#last = value + this.#span;
      return this.#last;
    }
    const step = (((value - this.#last) % this.#span) + this.#span) % this.#span;
    this.#last += step < this.#span / 2 ? step : step - this.#span;
    return this.#last;
  }
}

/** RTP sequence numbers: 16 bits. */
export class SequenceUnwrapper extends Unwrapper {
  constructor() {
    super(16);
  }
}

/** RTP timestamps: 32 bits. */
export class TimestampUnwrapper extends Unwrapper {
  constructor() {
    super(32);
  }
}
