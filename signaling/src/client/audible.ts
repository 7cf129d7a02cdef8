/** What must all be true before the agent may greet: the way to us, its voice let through, and the element that plays it. */
export type AudibleNeed = 'connected' | 'resumed' | 'playing';
const NEEDS = 3;

/** Whether the agent can be heard; it is told once for each connection to the server. */
export class Audible {
  readonly #met = new Set<AudibleNeed>();
  readonly #tell: () => boolean;
  #told = false;

  /** `tell`: to the server; false while there is none to tell. */
  constructor(tell: () => boolean) {
    this.#tell = tell;
  }

  meet(need: AudibleNeed): void {
    this.#met.add(need);
    if (this.#met.size === NEEDS && !this.#told) this.#told = this.#tell();
  }

  /** True no more; without names, none of them is. */
  miss(...needs: AudibleNeed[]): void {
    for (const need of needs.length > 0 ? needs : [...this.#met]) this.#met.delete(need);
  }

  /** The server may have forgotten: the next that is met tells it again. */
  tellAgain(): void {
    this.#told = false;
  }
}
