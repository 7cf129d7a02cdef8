/** Packets that are out of time by the same amount for this long, in ms, are the stream from now on. */
const PROBATION_MS = 60;
/** By how much they may differ from each other, in ms. A burst after a stall differs by more: it comes all at once. */
const JITTER_MS = 40;

/** Tells a stream whose timestamps have jumped from packets that went astray. Times in ms. */
export class Probation {
  #suspect: { readonly mediaMs: number; readonly arrival: number } | undefined;

  /** A packet of this media time is out of time: true once that is no accident. */
  outOfTime(mediaMs: number, arrival: number): boolean {
    if (this.#suspect) {
      const since = arrival - this.#suspect.arrival;
      const drift = since - (mediaMs - this.#suspect.mediaMs);
      if (Math.abs(drift) <= JITTER_MS) return since >= PROBATION_MS;
    }
    this.#suspect = { mediaMs, arrival };
    return false;
  }

  /** A packet was in time: the stream has not moved. */
  clear(): void {
    this.#suspect = undefined;
  }
}
