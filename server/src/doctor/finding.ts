/**
 * - `ok`: in order
 * - `warning`: works for some, or not for long
 * - `failed`: calls do not work so
 * - `skipped`: could not be tried, `says` tells why
 */
export type Verdict = 'ok' | 'warning' | 'failed' | 'skipped';

/** What one check found. `fix`: what exactly to do, where there is something. */
export interface Finding {
  readonly check: string;
  readonly verdict: Verdict;
  readonly says: string;
  readonly fix?: string;
}

/** Finds for one check. */
export class Finder {
  readonly #check: string;

  constructor(check: string) {
    this.#check = check;
  }

  ok(says: string): Finding {
    return { check: this.#check, verdict: 'ok', says };
  }

  warning(says: string, fix: string): Finding {
    return { check: this.#check, verdict: 'warning', says, fix };
  }

  failed(says: string, fix: string): Finding {
    return { check: this.#check, verdict: 'failed', says, fix };
  }

  skipped(says: string): Finding {
    return { check: this.#check, verdict: 'skipped', says };
  }
}
