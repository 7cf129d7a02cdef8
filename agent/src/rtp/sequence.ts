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

/** Sequence numbers remembered: ten seconds of packets. */
const REMEMBERED = 512;

/** Which of the latest sequence numbers have come. Takes them past their wraps. */
export class SeenSequences {
  readonly #ring = new Float64Array(REMEMBERED);

  add(sequence: number): void {
    this.#ring[sequence % REMEMBERED] = sequence;
  }

  has(sequence: number): boolean {
    return this.#ring[sequence % REMEMBERED] === sequence;
  }

  /** How many between two have not come, as far as is remembered. */
  missingBetween(after: number, before: number): number {
    let missing = 0;
    for (let sequence = Math.max(after + 1, before - REMEMBERED); sequence < before; sequence++) {
      if (!this.has(sequence)) missing++;
    }
    return missing;
  }
}
