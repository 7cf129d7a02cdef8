import { type Completeness, completeness } from './completeness.ts';
import { type PauseStats, typicalPauseMs } from './pause-stats.ts';

/** Silences in ms, factors as plain numbers. Defaults and meaning: presets.ts and docs/turn-taking.md. */
export interface EndpointingKnobs {
  readonly finishedSilenceMs: number;
  readonly openSilenceMs: number;
  readonly unfinishedSilenceMs: number;
  readonly spellingSilenceMs: number;
  readonly wordlessSilenceMs: number;
  readonly unsettledExtraMs: number;
  readonly minSilenceMs: number;
  readonly maxSilenceMs: number;
  readonly usualPauseMs: number;
  readonly minPaceFactor: number;
  readonly maxPaceFactor: number;
  readonly minModelFactor: number;
  readonly maxModelFactor: number;
}

export interface EndpointingInput {
  /** All words of the turn so far; partial ones too, with or without punctuation. */
  readonly text: string;
  /** The final transcript is in. */
  readonly settled: boolean;
  /** BCP 47. */
  readonly language?: string;
  /** The speaker's own pauses inside turns. */
  readonly pauses: PauseStats;
  /** 0..1 from an audio turn model: has the speaker finished? Absent where there is none. */
  readonly endProbability?: number;
}

/** How much silence ends a turn. Asked again whenever something new is known while the caller is silent. */
export class EndpointingPolicy {
  readonly #knobs: EndpointingKnobs;

  constructor(knobs: EndpointingKnobs) {
    this.#knobs = knobs;
  }

  /** ms since the last speech after which the turn is over, always within `minSilenceMs` and `maxSilenceMs`. */
  silenceMs({ text, settled, language, pauses, endProbability }: EndpointingInput): number {
    const { minSilenceMs, maxSilenceMs } = this.#knobs;
    const base = this.#base(completeness(text, language), settled);
    const silence = base * this.#pace(pauses) * this.#model(endProbability);
    return Math.round(clamp(silence, minSilenceMs, maxSilenceMs));
  }

  #base(kind: Completeness, settled: boolean): number {
    const knobs = this.#knobs;
    switch (kind) {
      case 'finished':
        // The last words of a partial are often missing: what looks complete may not be.
        return settled
          ? knobs.finishedSilenceMs
          : Math.max(
              knobs.finishedSilenceMs,
              Math.min(knobs.finishedSilenceMs + knobs.unsettledExtraMs, knobs.openSilenceMs),
            );
      case 'open':
        return knobs.openSilenceMs;
      case 'unfinished':
        return knobs.unfinishedSilenceMs;
      case 'spelling':
        return knobs.spellingSilenceMs;
      case 'wordless':
        return knobs.wordlessSilenceMs;
    }
  }

  #pace(pauses: PauseStats): number {
    const { usualPauseMs, minPaceFactor, maxPaceFactor } = this.#knobs;
    return clamp(typicalPauseMs(pauses, usualPauseMs) / usualPauseMs, minPaceFactor, maxPaceFactor);
  }

  /** 1 at a probability of one half, from there geometrically to either bound. */
  #model(endProbability: number | undefined): number {
    if (endProbability === undefined || Number.isNaN(endProbability)) return 1;
    const lean = 1 - 2 * clamp(endProbability, 0, 1);
    const { minModelFactor, maxModelFactor } = this.#knobs;
    return lean > 0 ? maxModelFactor ** lean : minModelFactor ** -lean;
  }
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);
