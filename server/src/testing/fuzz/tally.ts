/** What became of an input. */
export type Fate = 'refused' | 'ended' | 'unanswered' | 'taken';

/** How many inputs of each kind met which fate. */
export class Tally {
  readonly kinds: Record<string, Partial<Record<Fate, number>>> = {};

  count(kind: string, fate: Fate): void {
    const fates = (this.kinds[kind] ??= {});
    fates[fate] = (fates[fate] ?? 0) + 1;
  }

  /** Of all kinds. */
  total(...fates: Fate[]): number {
    return Object.values(this.kinds).reduce(
      (sum, kind) => sum + fates.reduce((each, fate) => each + (kind[fate] ?? 0), 0),
      0,
    );
  }
}
