import { percentile, round1 } from '../stats.ts';
import type { EchoTrial, EndingTrial, OverlapTrial, Trial } from './jobs.ts';

export type Numbers = Record<string, number>;

/**
 * How late the callers' process may have been with its own packets, in ms: for a trial to count at all (what is longer
 * than the jitter buffer is a gap in the speech), and for its times to count.
 */
export const LATENESS_ALLOWED_MS = { outcome: 60, times: 15 } as const;

export const isUndisturbed = ({ ownLateness }: Trial): boolean => ownLateness <= LATENESS_ALLOWED_MS.outcome;

const timesOf = <T extends Trial>(trials: readonly T[], of: (trial: T) => number | undefined): number[] =>
  trials.flatMap((trial) => (trial.ownLateness <= LATENESS_ALLOWED_MS.times ? (of(trial) ?? []) : []));

/** To three places. */
const share = (part: number, of: number): number => Math.round((1000 * part) / of) / 1000;

/** One line for each value of what is asked of the trials, in the order in which they come. */
export function byCondition<T>(trials: readonly T[], of: (trial: T) => string, count: (own: T[]) => Numbers) {
  const names = [...new Set(trials.map(of))];
  return Object.fromEntries(names.map((name) => [name, count(trials.filter((trial) => of(trial) === name))]));
}

/** Turns that were cut off, and how soon the others were answered. */
export function countEndings(trials: readonly EndingTrial[]): Numbers {
  const cut = trials.filter(({ cutAfter }) => cutAfter !== undefined).length;
  const unanswered = trials.filter(({ failure }) => failure !== undefined).length;
  const delays = timesOf(trials, ({ endDelay }) => endDelay);
  return {
    trials: trials.length,
    // Who is never answered is not cut off either: counted in, they would flatter.
    early_cutoff_share: share(cut, trials.length - unanswered),
    unanswered,
    delay_trials: delays.length,
    end_delay_p50_ms: round1(percentile(delays, 0.5)),
    end_delay_p95_ms: round1(percentile(delays, 0.95)),
  };
}

export function countFalse(trials: readonly OverlapTrial[]): Numbers {
  const held = trials.flatMap(({ heldMs }) => (heldMs > 0 ? [heldMs] : []));
  return {
    trials: trials.length,
    false_cuts: trials.filter(({ cut }) => cut).length,
    ducked: trials.filter(({ duckMs, duckUnseen }) => duckMs !== undefined || duckUnseen).length,
    held: held.length,
    held_p50_ms: round1(percentile(held, 0.5)),
    words_repeated: trials.reduce((sum, { repeated }) => sum + repeated.length, 0),
    words_lost: trials.reduce((sum, { lost }) => sum + lost.length, 0),
  };
}

export function countInterruptions(trials: readonly OverlapTrial[]): Numbers {
  const ducks = timesOf(trials, ({ duckMs }) => duckMs);
  const stops = timesOf(trials, ({ stopMs }) => stopMs);
  return {
    trials: trials.length,
    missed_interruptions: trials.filter(({ cut }) => !cut).length,
    duck_trials: ducks.length,
    duck_p50_ms: round1(percentile(ducks, 0.5)),
    duck_p95_ms: round1(percentile(ducks, 0.95)),
    cut_trials: stops.length,
    cut_p50_ms: round1(percentile(stops, 0.5)),
    cut_p95_ms: round1(percentile(stops, 0.95)),
  };
}

export function countEchoes(trials: readonly EchoTrial[]): Numbers {
  return {
    trials: trials.length,
    echo_self_interruptions: trials.filter(({ interrupted }) => interrupted).length,
    echo_self_answers: trials.filter(({ answered }) => answered).length,
    held: trials.filter(({ holds }) => holds > 0).length,
  };
}

/** Medians without and with, turns cut off early left out of both. */
export function speculationGain(without: readonly EndingTrial[], using: readonly EndingTrial[]): Numbers {
  const median = (trials: readonly EndingTrial[]): number =>
    percentile(
      timesOf(trials, ({ endDelay }) => endDelay),
      0.5,
    );
  return {
    voice_to_voice_without_p50_ms: round1(median(without)),
    voice_to_voice_with_p50_ms: round1(median(using)),
    speculation_gain_p50_ms: round1(median(without) - median(using)),
  };
}

/** Of the answers that were prepared before the end of a turn, how many were used: from the server's `/metrics`. */
export function hitRatio(metrics: string): { readonly ratio: number; readonly prepared: number } {
  const count = (outcome: string): number =>
    Number(new RegExp(`^parley_speculations_total\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(metrics)?.[1] ?? 0);
  const [adopted, dropped] = [count('adopted'), count('dropped')];
  return { ratio: share(adopted, adopted + dropped), prepared: adopted + dropped };
}
