import type { Numbers } from './figures.ts';
import type { ScenesOutcome } from './scenes/run.ts';

/** A trial that missed its goal, and what the server told of it. */
export interface Wrong {
  readonly what: string;
  readonly told: readonly string[];
}

export interface SuiteResult {
  readonly what: string;
  readonly figures: Numbers;
  readonly conditions: Readonly<Record<string, Readonly<Record<string, Numbers>>>>;
  readonly settings: object;
  readonly wrong: readonly Wrong[];
  /** Trials in which the callers' own clock was disturbed. */
  readonly leftOut: number;
  /** Of the scenes: how each came out. */
  readonly scenes?: ScenesOutcome;
}
