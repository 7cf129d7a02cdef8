// The callers' process: apart from the server's, so that neither disturbs the other's clock. Takes one job, answers it.
import { seededRandom } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../agent/src/codec/index.ts';
import { converse, type TurnRecord } from './conversation.ts';
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
}

export interface CallersResult {
  readonly turns: readonly TurnRecord[];
  /** How late the callers' own packets left, and how unevenly the agent's came, in ms. */
  readonly sendLateness: readonly number[];
  readonly arrivalLateness: readonly number[];
}

/** Calls of a round begin this far apart, in ms. */
const STAGGER_MS = 150;
const FRAME_MS = 20;

async function run(job: CallersJob): Promise<CallersResult> {
  const library = await OpusLibrary.load();
  const voice = recordVoice(library);
  const turns: TurnRecord[] = [];
  const sendLateness: number[] = [];
  const arrivalLateness: number[] = [];
  for (let round = 0; round < job.rounds; round++) {
    const calls = Array.from({ length: job.calls }, async (_, call) => {
      await new Promise((resolve) => setTimeout(resolve, call * STAGGER_MS));
      const seat = round * job.calls + call;
      const done = await oneCall(job, library, voice, seat);
      turns.push(...done.turns);
      sendLateness.push(...done.sendLateness);
      arrivalLateness.push(...done.arrivalLateness);
    });
    await Promise.all(calls);
  }
  return { turns, sendLateness, arrivalLateness };
}

/** Phases are spread evenly over the frame, so that the server's own raster meets callers at all of them. */
async function oneCall(job: CallersJob, library: OpusLibrary, voice: Voice, seat: number): Promise<CallersResult> {
  const phaseMs = ((seat + 0.5) * FRAME_MS) / (job.calls * job.rounds);
  const random = seededRandom(job.seed + seat);
  const caller = await WebRtcCaller.join({ url: job.url, library, voice, phaseMs });
  try {
    const { utterances } = voice;
    const { turns: count, interrupting } = job;
    const turns = await converse({ caller, turns: count, interrupting, utterances, random });
    return { turns, sendLateness: caller.microphone.lateness, arrivalLateness: caller.earpiece.lateness() };
  } finally {
    await caller.leave();
  }
}

process.once('message', async (job: CallersJob) => {
  try {
    process.send?.({ ok: true, result: await run(job) });
  } catch (error) {
    process.send?.({ ok: false, error: error instanceof Error ? error.stack : String(error) });
  }
  process.disconnect();
});
