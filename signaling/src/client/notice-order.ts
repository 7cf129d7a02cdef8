/** Takes a room's notices in by their order: each once, and none before the answer that it follows. */
export class NoticeOrder {
  #seen = 0;
  /** What has come before its answer; it waits no longer than an answer may take. */
  #early: (() => void)[] | undefined;

  /** The number of the room's last event that was taken in. */
  get seen(): number {
    return this.#seen;
  }

  /** Calls `tell` unless it was told before the connection broke, or with the whole room; at once, or at `release`. */
  take(seq: number | undefined, tell: () => void): void {
    if (this.#early) this.#early.push(() => this.#tell(seq, tell));
    else this.#tell(seq, tell);
  }

  /** An answer is awaited that comes before all that comes from now on. */
  hold(): void {
    this.#early = [];
  }

  /** The room was told as a whole, as it stood after the event of this number. */
  skipTo(seq: number): void {
    this.#seen = seq;
  }

  /** The answer has been taken in. */
  release(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const tell of early) tell();
  }

  /** There is no answer. */
  forget(): void {
    this.#early = undefined;
  }

  #tell(seq: number | undefined, tell: () => void): void {
    if (seq !== undefined && seq <= this.#seen) return;
    this.#seen = seq ?? this.#seen;
    tell();
  }
}
