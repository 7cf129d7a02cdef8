import { LONG_ANSWERS, SENTENCES, SHORT_ANSWERS } from './answers.ts';
import {
  byCondition,
  countEchoes,
  countEndings,
  countFalse,
  countInterruptions,
  hitRatio,
  isUndisturbed,
  LATENESS_ALLOWED_MS,
  speculationGain,
} from './figures.ts';
import type { EchoTrial, EndingTrial, OverlapTrial, Trial } from './jobs.ts';
import { ROOMS, type Room } from './room-noise.ts';
import { type Outcome, runJob, type ServerPlan } from './run.ts';
import { scenes } from './scenes/suite.ts';
import type { SuiteResult, Wrong } from './suite-result.ts';
import { FINAL_MS, PARTIAL_LAG_MS } from './truthful-asr.ts';

export const SUITES = { endings, overlaps, echoes, speculation, scenes };
export type SuiteName = keyof typeof SUITES;

const SEED = 1;
const AT_ONCE = { firstTokenMs: 0, firstAudioMs: 0 };
/** What good hosted engines take. */
const REALISTIC = { firstTokenMs: 350, firstAudioMs: 200 };
const VAD500 = { endpointingMs: 500, speculation: false };
const COMMON = { finalMs: FINAL_MS, partialLagMs: PARTIAL_LAG_MS, latenessAllowedMs: LATENESS_ALLOWED_MS };

async function endings(quick: boolean): Promise<SuiteResult> {
  const servers: ServerPlan[] = [
    { name: 'vad500', agent: VAD500, engines: { answers: SHORT_ANSWERS, ...AT_ONCE } },
    { name: 'default', agent: {}, engines: { answers: SHORT_ANSWERS, ...AT_ONCE } },
  ];
  const turns = quick ? 3 : 9;
  const outcomes: Outcome[] = [];
  // Six calls at most at a time, the two settings always side by side.
  for (const [i, rooms] of [ROOMS.slice(0, 3), ROOMS.slice(3)].entries()) {
    outcomes.push(await runJob({ kind: 'endings', rooms, turns, seed: SEED + i }, servers));
  }
  const { trials, leftOut } = sorted<EndingTrial>(outcomes);
  const own = (server: string): EndingTrial[] => trials.filter((trial) => trial.server === server);
  const [vad500, byDefault] = [countEndings(own('vad500')), countEndings(own('default'))];
  const wrong = own('default').filter(({ cutAfter, failure }) => cutAfter !== undefined || failure !== undefined);
  return {
    what: 'turns with pauses inside and plain ends; cut off, or answered after so many ms',
    figures: {
      early_cutoff_share: byDefault.early_cutoff_share as number,
      early_cutoff_share_vad500: vad500.early_cutoff_share as number,
      end_delay_p50_ms: byDefault.end_delay_p50_ms as number,
      end_delay_p50_ms_vad500: vad500.end_delay_p50_ms as number,
      ending_trials: byDefault.trials as number,
      ending_trials_vad500: vad500.trials as number,
      unanswered_turns: byDefault.unanswered as number,
      unanswered_turns_vad500: vad500.unanswered as number,
    },
    conditions: {
      'by room': byCondition(trials, ({ room, server }) => `${room} ${server}`, countEndings),
      'by pauses': byCondition(
        trials,
        ({ pauses, server }) => `${pauses ? 'pauses' : 'plain'} ${server}`,
        countEndings,
      ),
    },
    settings: { servers, turnsEach: turns, rooms: ROOMS, ...COMMON },
    wrong: wrong.map((trial) => {
      const what = trial.failure ?? `cut off after ${Math.round(trial.cutAfter ?? 0)} ms`;
      return describe(outcomes, trial, `${trial.room}, ${trial.turn}: ${what}`);
    }),
    leftOut,
  };
}

async function overlaps(quick: boolean): Promise<SuiteResult> {
  const server: ServerPlan = { name: 'default', agent: {}, engines: { answers: LONG_ANSWERS, ...AT_ONCE } };
  const rooms: Room[] = ['clean', 'pink-20', 'clean', 'pink-10', 'babble-20', 'clean'];
  const pairs = quick ? 3 : 9;
  const outcome = await runJob({ kind: 'overlaps', rooms, pairs, seed: SEED }, [server]);
  const { trials, leftOut } = sorted<OverlapTrial>([outcome]);
  const nothings = trials.filter(({ kind }) => kind === 'false');
  const real = trials.filter(({ kind }) => kind === 'interruption');
  const [held, cut] = [countFalse(nothings), countInterruptions(real)];
  const wrong = trials.filter(
    (trial) => trial.cut === (trial.kind === 'false') || trial.repeated.length + trial.lost.length > 0,
  );
  return {
    what: 'over the long answers of the agent: sounds that are no interruption, and interruptions',
    figures: {
      false_cuts: held.false_cuts as number,
      false_cut_trials: held.trials as number,
      missed_interruptions: cut.missed_interruptions as number,
      missed_trials: cut.trials as number,
      words_repeated: held.words_repeated as number,
      words_lost: held.words_lost as number,
      held_trials: held.held as number,
      duck_p95_ms: cut.duck_p95_ms as number,
      duck_p50_ms: cut.duck_p50_ms as number,
      duck_trials: cut.duck_trials as number,
      cut_p95_ms: cut.cut_p95_ms as number,
      cut_p50_ms: cut.cut_p50_ms as number,
    },
    conditions: {
      'no interruptions, by sound': byCondition(nothings, ({ soundKind }) => soundKind, countFalse),
      'no interruptions, by room': byCondition(nothings, ({ room }) => room, countFalse),
      'interruptions, by clip': byCondition(real, ({ sound }) => sound, countInterruptions),
      'interruptions, by room': byCondition(real, ({ room }) => room, countInterruptions),
    },
    settings: { servers: [server], rooms, pairsEach: pairs, ...COMMON },
    wrong: wrong.map((trial) => describe([outcome], trial, overlapFault(trial))),
    leftOut,
  };
}

function overlapFault({ kind, room, sound, soundKind, cut, repeated, lost, stopMs }: OverlapTrial): string {
  const name = `${room}, ${soundKind} ${sound}`;
  if (kind === 'interruption' && !cut) return `${name}: did not stop the agent`;
  if (kind === 'false' && cut) return `${name}: cut the agent after ${Math.round(stopMs ?? 0)} ms`;
  return `${name}: repeated "${repeated.join(' ')}", lost "${lost.join(' ')}"`;
}

async function echoes(quick: boolean): Promise<SuiteResult> {
  const server: ServerPlan = { name: 'default', agent: {}, engines: { answers: SENTENCES, ...AT_ONCE } };
  const paths = [-20, -10, -6].flatMap((levelDb, i) => [
    { levelDb, delayMs: 60 + 20 * i, seed: 2 * i + 1 },
    { levelDb, delayMs: 240 - 20 * i, seed: 2 * i + 2 },
  ]);
  const replies = quick ? 3 : 8;
  const outcome = await runJob({ kind: 'echoes', paths, replies, seed: SEED }, [server]);
  const { trials, leftOut } = sorted<EchoTrial>([outcome]);
  const all = countEchoes(trials);
  const wrong = trials.filter(({ interrupted, answered }) => interrupted || answered);
  return {
    what: "the agent's own voice comes back through a loudspeaker and a room; nobody else speaks",
    figures: {
      echo_self_interruptions: all.echo_self_interruptions as number,
      echo_trials: all.trials as number,
      echo_self_answers: all.echo_self_answers as number,
    },
    conditions: {
      'by level and delay': byCondition(trials, ({ levelDb, delayMs }) => `${levelDb} dB, ${delayMs} ms`, countEchoes),
    },
    settings: { servers: [server], paths, repliesEach: replies, ...COMMON },
    wrong: wrong.map((trial) => {
      const what = trial.interrupted ? 'interrupted itself' : 'answered itself';
      return describe([outcome], trial, `${trial.levelDb} dB, ${trial.delayMs} ms, "${trial.reply}...": ${what}`);
    }),
    leftOut,
  };
}

async function speculation(quick: boolean): Promise<SuiteResult> {
  const servers: ServerPlan[] = [
    { name: 'without', agent: { speculation: false }, engines: { answers: SHORT_ANSWERS, ...REALISTIC } },
    { name: 'with', agent: {}, engines: { answers: SHORT_ANSWERS, ...REALISTIC } },
  ];
  const rooms: Room[] = ['clean', 'pink-20', 'clean'];
  const turns = quick ? 3 : 8;
  const outcome = await runJob({ kind: 'endings', rooms, turns, seed: SEED + 7 }, servers);
  const { trials, leftOut } = sorted<EndingTrial>([outcome]);
  const own = (server: string): EndingTrial[] => trials.filter((trial) => trial.server === server);
  const hits = hitRatio(outcome.metrics.with ?? '');
  return {
    what: 'voice to voice without and with answers prepared before the end of the turn',
    figures: {
      ...speculationGain(own('without'), own('with')),
      speculation_hit_ratio: hits.ratio,
      speculation_prepared: hits.prepared,
      speculation_trials: own('with').length,
    },
    conditions: {
      'by pauses': byCondition(
        trials,
        ({ pauses, server }) => `${pauses ? 'pauses' : 'plain'} ${server}`,
        countEndings,
      ),
    },
    settings: { servers, rooms, turnsEach: turns, ...COMMON },
    wrong: [],
    leftOut,
  };
}

function sorted<T extends Trial>(outcomes: readonly Outcome[]): { trials: T[]; leftOut: number } {
  const all = outcomes.flatMap(({ trials }) => trials) as T[];
  const trials = all.filter(isUndisturbed);
  return { trials, leftOut: all.length - trials.length };
}

/** What the server told of the trial, and what its engines did meanwhile, in order. */
function describe(outcomes: readonly Outcome[], trial: Trial, what: string): Wrong {
  const outcome = outcomes.find(({ trials }) => trials.includes(trial));
  const during = (outcome?.notes ?? []).filter(
    ({ at, call, server }) => at >= trial.from && at <= trial.to && call === trial.call && server === trial.server,
  );
  const notes = during.map(({ at, engine, text }) => `${Math.round(at - trial.from)} ms: ${engine} ${text}`);
  const inOrder = (a: string, b: string): number => Number.parseInt(a, 10) - Number.parseInt(b, 10);
  return { what, told: [...trial.told, ...notes].toSorted(inOrder) };
}
