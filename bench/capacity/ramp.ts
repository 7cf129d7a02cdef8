import { setTimeout as pause } from 'node:timers/promises';
import { percentile, round1 } from '../stats.ts';
import type { CapacityOptions } from './options.ts';
import { type Measured, Stage } from './stage.ts';

/** The silence that ends a turn, as the server is set: what is more is the framework's own. */
export const SILENCE_MS = 500;
/** Overhead that a caller may have, 95 of 100 times, in ms. */
const MOST_OVERHEAD_MS = 100;
/** Calls that have just begun warm the code up, and all begin within this time, in ms. */
const SETTLE_MS = 9000;
/** A machine does other things too: a step that fails is tried again. */
const TRIES = 2;
/** So often, where the callers' own clock stood still so much that nothing could be said. */
const MOST_TRIES = 5;
const LEAST_MEASURED_SHARE = 0.5;

export interface Step extends Measured {
  readonly holds: boolean;
  readonly overheads: readonly number[];
  /** In use once garbage is collected, in MB. */
  readonly memoryMb: number;
}

/** More and more calls, half of whose callers speak at any time, until answers come late or the voice has gaps. */
export async function ramp(options: CapacityOptions): Promise<Step[]> {
  const { encrypted, steps: planned, threads } = options;
  const stage = await Stage.open({ encrypted, config: { agent: { threads } } });
  const steps: Step[] = [];
  try {
    let [good, bad] = [0, 0];
    for (const calls of planned) {
      if (await holds(stage, calls, options, steps)) good = calls;
      else {
        bad = calls;
        break;
      }
    }
    // Once more between the last that held and the first that did not.
    const between = Math.round((good + bad) / 2);
    if (bad > 0 && good > 0 && bad - good > 5) await holds(stage, between, options, steps);
    return steps;
  } finally {
    await stage.close();
  }
}

async function holds(stage: Stage, calls: number, { stepMs }: CapacityOptions, steps: Step[]): Promise<boolean> {
  await stage.call(calls, 'converse');
  let failed = 0;
  for (let attempt = 0; attempt < MOST_TRIES && failed < TRIES; attempt++) {
    await pause(SETTLE_MS);
    const measured = await stage.measure(stepMs);
    const { heard } = measured;
    const overheads = heard.answers.map((ms) => ms - SILENCE_MS);
    const step: Step = {
      ...measured,
      overheads,
      holds: percentile(overheads, 0.95) < MOST_OVERHEAD_MS && heard.flow.underruns === 0 && heard.unanswered === 0,
      memoryMb: await stage.memory(),
    };
    steps.push(step);
    console.log(described(step));
    if (step.holds) return true;
    if (heard.disturbed < heard.turns * LEAST_MEASURED_SHARE) failed++;
  }
  return false;
}

function described({ heard, overheads, ...step }: Step): string {
  const { flow, turns, disturbed, unanswered, cut } = heard;
  const at = (share: number): number => round1(percentile(overheads, share));
  return [
    `${step.calls} calls ${step.holds ? 'hold' : 'DO NOT HOLD'}: overhead p50 ${at(0.5)} p95 ${at(0.95)} ms`,
    `${flow.underruns} underruns (${flow.disturbed} of our own making), ${flow.lost} lost`,
    `${turns} turns, ${disturbed} disturbed, ${unanswered} unanswered, ${cut} cut off`,
    `${Math.round(heard.speakingShare * 100)} % speaking`,
    `CPU server ${round1(step.serverPercent)} % media ${round1(step.mediaPercent)} % callers ${round1(step.callersPercent)} %`,
    `${Math.round(step.memoryMb)} MB`,
  ].join(', ');
}

/** The most calls that held. */
export const largest = (steps: readonly Step[]): Step | undefined =>
  steps
    .filter((step) => step.holds)
    .reduce<Step | undefined>((most, each) => (most && most.calls > each.calls ? most : each), undefined);

/** Of the line of least squares through the points. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0) / of.length;
  const [meanX, meanY] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))];
  const top = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return top / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
