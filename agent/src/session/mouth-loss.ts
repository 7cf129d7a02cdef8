/** A listener that loses this share of the packets is worth FEC's cost. */
const LOSSY = 0.02;
/** Reports in a row without loss that end it, as loss comes in bursts: some 15 s at the SFU's pace. */
const CLEAN_REPORTS = 12;
/** Expecting more than this makes the voice coarser than it helps, in percent. */
const MOST_EXPECTED = 30;

export interface LossSettings {
  readonly fec: boolean;
  readonly expectedLossPercent: number;
}

/** Turns what listeners report lost into the encoder's settings: at once when it begins, slowly when it ends. */
export class LossPolicy {
  #expected = 0;
  #clean = 0;

  /** `fractionLost` is 0..1. Gives the new settings, or undefined where they stay. */
  report(fractionLost: number): LossSettings | undefined {
    const before = this.#expected;
    if (fractionLost >= LOSSY) {
      this.#clean = 0;
      // Half way to the new figure: a report covers few packets.
      const wanted = Math.min(MOST_EXPECTED, Math.ceil(fractionLost * 100));
      this.#expected = before === 0 ? wanted : Math.round((before + wanted) / 2);
    } else if (++this.#clean >= CLEAN_REPORTS) {
      this.#expected = 0;
    }
    if (this.#expected === before) return undefined;
    return { fec: this.#expected > 0, expectedLossPercent: this.#expected };
  }
}
