// The callers' process: apart from the server's, so that neither disturbs the other's clock. Takes one job, answers it.
import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../agent/src/codec/index.ts';
import { converse, type TurnRecord } from './conversation.ts';
import { LineCaller } from './line-caller.ts';
import { converseByLine } from './line-conversation.ts';
import { type LineWay, recordLineVoice } from './line-formats.ts';
import { recordVoice, type Voice } from './voice.ts';
import { WebRtcCaller } from './web-rtc-caller.ts';

/** Rounds one after another, each with `calls` conversations at the same time. */
export interface CallersJob {
  readonly url: string;
  readonly calls: number;
  readonly rounds: number;
  readonly turns: number;
  readonly interrupting: boolean;
  readonly seed: number;
  /** How they come: by WebRTC, or by a line whose turns end after `silenceMs`. */
  readonly line?: { readonly way: LineWay; readonly silenceMs: number };
}

export interface CallersResult {
  readonly turns: readonly TurnRecord[];
  /** How late the callers' own packets left, and how unevenly the agent's came, in ms. */
  readonly sendLateness: readonly number[];
  readonly arrivalLateness: readonly number[];
}

/** Conversations of a round begin this far apart, in ms. */
const STAGGER_MS = 150;
const FRAME_MS = 20;

async function run(job: CallersJob): Promise<CallersResult> {
  const library = await OpusLibrary.load();
  const voice = job.line ? recordLineVoice(library, job.line.way) : recordVoice(library);
  const results: CallersResult[] = [];
  for (let round = 0; round < job.rounds; round++) {
    const done = job.line
      ? await oneLineRound(job, job.line, round, voice)
      : await oneRound(job, round, library, voice);
    results.push(...done);
  }
  return {
    turns: results.flatMap(({ turns }) => turns),
    sendLateness: results.flatMap(({ sendLateness }) => sendLateness),
    arrivalLateness: results.flatMap(({ arrivalLateness }) => arrivalLateness),
  };
}

/**
 * Everybody joins before anybody speaks: handshakes in JavaScript would hold up this process's own clock. Phases are
 * spread evenly over the frame, so that the server's raster meets callers at all of them.
 */
async function oneRound(job: CallersJob, round: number, library: OpusLibrary, voice: Voice): Promise<CallersResult[]> {
  const callers: WebRtcCaller[] = [];
  try {
    for (let call = 0; call < job.calls; call++) {
      callers.push(await WebRtcCaller.join({ url: job.url, library, voice, phaseMs: phaseOf(job, round, call) }));
    }
    return await Promise.all(callers.map((caller, call) => oneCall(job, caller, voice, round * job.calls + call)));
  } finally {
    await Promise.allSettled(callers.map((caller) => caller.leave()));
  }
}

async function oneCall(
  { turns: count, interrupting, seed, calls }: CallersJob,
  caller: WebRtcCaller,
  { utterances }: Voice,
  seat: number,
): Promise<CallersResult> {
  await pause((seat % calls) * STAGGER_MS);
  const { microphone, earpiece } = caller;
  const skip = microphone.lateness.length;
  const turns = await converse({ caller, turns: count, interrupting, utterances, random: seededRandom(seed + seat) });
  return { turns, sendLateness: microphone.lateness.slice(skip), arrivalLateness: earpiece.lateness() };
}

/** The same by lines. */
async function oneLineRound(
  job: CallersJob,
  line: NonNullable<CallersJob['line']>,
  round: number,
  voice: Voice,
): Promise<CallersResult[]> {
  const { url, calls, turns: count, seed } = job;
  const callers: LineCaller[] = [];
  try {
    for (let call = 0; call < calls; call++)
      callers.push(await LineCaller.join({ url, ...line, voice, phaseMs: phaseOf(job, round, call) }));
    const talks = callers.map(async (caller, call): Promise<CallersResult> => {
      await pause(call * STAGGER_MS);
      const random = seededRandom(seed + round * calls + call);
      const talk = { caller, turns: count, greeted: line.way === 'telephone', utterances: voice.utterances, random };
      const turns = await converseByLine(talk);
      return { turns, sendLateness: caller.microphone.lateness, arrivalLateness: [] };
    });
    return await Promise.all(talks);
  } finally {
    await Promise.allSettled(callers.map((caller) => caller.leave()));
  }
}

function phaseOf({ calls, rounds }: CallersJob, round: number, call: number): number {
  return ((round * calls + call + 0.5) * FRAME_MS) / (calls * rounds);
}

process.once('message', async (job: CallersJob) => {
  try {
    process.send?.({ ok: true, result: await run(job) });
  } catch (error) {
    process.send?.({ ok: false, error: error instanceof Error ? error.stack : String(error) });
  }
});
process.once('disconnect', () => process.exit(0));
