import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@parley/agent/testing';
import type { TurnsCaller } from './caller.ts';
import { type PausedTurn, pausedTurns } from './dialogues.ts';
import type { EndingTrial } from './jobs.ts';
import type { Room } from './room-noise.ts';
import { between, isHeard, trialBase, until } from './trials-common.ts';

/** Without an answer for this long after a turn there is none, in ms. */
const ANSWER_PATIENCE_MS = 4500;
const END_PATIENCE_MS = 10_000;
/** Before the last speech, in ms: from here on packets had to be on time. */
const END_MS = 500;
/** How long the caller thinks after an answer, in ms. */
const THINKS_MS = { min: 250, max: 600 };

export interface EndingsOptions {
  readonly caller: TurnsCaller;
  readonly server: string;
  readonly room: Room;
  readonly turns: number;
  readonly skip: number;
  readonly seed: number;
}

/** Turn by turn: was it cut off, and how soon was it answered? */
export async function endings(options: EndingsOptions): Promise<EndingTrial[]> {
  const { caller, turns, skip, seed } = options;
  const random = seededRandom(seed + 1);
  const trials: EndingTrial[] = [];
  for (const turn of pausedTurns(turns, skip, seed)) {
    await until(END_PATIENCE_MS, () => caller.notices.state === 'listening' && !isHeard(caller));
    await pause(between(THINKS_MS.min, THINKS_MS.max, random));
    trials.push(await oneTurn(options, turn));
  }
  return trials;
}

async function oneTurn({ caller, server, room }: EndingsOptions, turn: PausedTurn): Promise<EndingTrial> {
  const began = performance.now();
  const { earpiece } = caller.rtc;
  const known = Math.max(0, ...caller.notices.figures.keys());
  const { onsetAt, lastSpeechAt } = await caller.say(turn);
  const early = earpiece.voiceBetween(onsetAt, lastSpeechAt)[0];
  const first = await until(ANSWER_PATIENCE_MS, () => earpiece.voiceBetween(lastSpeechAt, Number.POSITIVE_INFINITY)[0]);
  const saved = await until(200, () => {
    const number = [...caller.notices.figures.keys()].find((each) => each > known);
    return number === undefined ? undefined : caller.notices.figures.get(number);
  });
  return {
    ...trialBase(caller, server, began),
    // A long turn is hardly ever without a late packet: what counts is that its end was on time.
    ownLateness: caller.latenessSince(lastSpeechAt - END_MS),
    kind: 'ending',
    room,
    turn: turn.name,
    pauses: turn.pauses.length,
    ...(early ? { cutAfter: early.at - onsetAt } : {}),
    ...(first && !early ? { endDelay: first.at - lastSpeechAt } : {}),
    ...(saved?.speculation_saved === undefined ? {} : { savedMs: saved.speculation_saved }),
    ...(first === undefined ? { failure: 'no answer' } : {}),
  };
}
