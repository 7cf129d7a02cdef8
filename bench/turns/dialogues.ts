import { seededRandom } from '@parley/agent/testing';
import { composed, phrase, type SpokenPhrase } from './clips.ts';

/** A turn as somebody says it: with the pauses in which one thinks. */
export interface PausedTurn extends SpokenPhrase {
  /** Inside the turn, in ms. */
  readonly pauses: readonly number[];
}

/** A clip, and after how many words of it the speaker thinks. Several clips are one speaker's, in the order read. */
type Plan = readonly (readonly [clip: string, ...pauseAfter: number[]])[];

/** One in three has no pause. Pauses are where clauses or phrases end, or where the voice itself pauses. */
const PLANS: readonly Plan[] = [
  [['turnonlamp']],
  [['jfk', 5, 7, 14]],
  [['goforward', 2]],
  [['weatherlike']],
  [['librivox-0870', 6, 11, 17]],
  [['cards-005', 3, 6]],
  [['harvard-1']],
  [['librivox-0880', 3]],
  [['aishell-W0121', 1, 2]],
  [['turnonlamp', 2]],
  [['goforward']],
  [['librivox-0880'], ['librivox-0890', 9]],
  [['cosy-prompt', 1]],
  [['tornado', 5, 7]],
  [['librivox-0880']],
  [['harvard-1', 4]],
  [['platforms', 1]],
  [['aishell-W0121']],
  [['weatherlike', 1]],
  [['librivox-0890', 6, 9]],
  [['onetwothree', 1, 2]],
  [['cards-005']],
  [['platforms']],
  [['cosy-prompt', 1, 2]],
];

/** Of a pause inside a turn, in ms. */
const PAUSE_MS = { min: 300, max: 1200 };

/** `count` turns from the `skip`th on, the same every time for one seed. */
export function pausedTurns(count: number, skip: number, seed: number): PausedTurn[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const plan = PLANS[(skip + i) % PLANS.length] as Plan;
    return pausedTurn(plan, () => Math.round(PAUSE_MS.min + random() * (PAUSE_MS.max - PAUSE_MS.min)));
  });
}

function pausedTurn(plan: Plan, pauseMs: () => number): PausedTurn {
  const parts: (SpokenPhrase | number)[] = [];
  const pauses: number[] = [];
  for (const [clip, ...pauseAfter] of plan) {
    let from = 0;
    for (const to of [...pauseAfter, Number.POSITIVE_INFINITY]) {
      if (parts.length > 0) {
        pauses.push(pauseMs());
        parts.push(pauses.at(-1) as number);
      }
      parts.push(phrase(clip, from, to - 1));
      from = to;
    }
  }
  const name = plan.map(([clip]) => clip).join('+');
  return { ...composed(name, parts), name: pauses.length > 0 ? `${name} (${pauses.join(', ')})` : name, pauses };
}
