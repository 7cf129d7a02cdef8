/** Pauses that count: older ones are forgotten, as people warm up and tire. */
const PAUSES_KEPT = 15;
/** A pause beyond this is not one of speaking, in ms: they fetched something. */
const LONGEST_PAUSE_MS = 3000;
/** How many usual pauses are mixed in, so that a few observations move little. */
const PRIOR_PAUSES = 4;

/** One speaker's latest pauses inside turns, in ms. Immutable. */
export type PauseStats = readonly number[];

export const noPauses: PauseStats = [];

/** Adds a pause after which the same turn went on. What is not a positive number is left out. */
export function heardPause(stats: PauseStats, pauseMs: number): PauseStats {
  if (!(pauseMs > 0)) return stats;
  return [...stats, Math.min(pauseMs, LONGEST_PAUSE_MS)].slice(-PAUSES_KEPT);
}

/**
 * This speaker's typical pause in ms: the mean of the middle half, so that outliers count for nothing. `usualMs` is
 * what people take in general: the answer before anything was heard.
 */
export function typicalPauseMs(stats: PauseStats, usualMs: number): number {
  const sorted = [...stats, ...new Array<number>(PRIOR_PAUSES).fill(usualMs)].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, pause) => sum + pause, 0) / middle.length;
}
