import { setTimeout as pause } from 'node:timers/promises';
import { round1 } from '../stats.ts';
import type { CapacityOptions } from './options.ts';
import { slope } from './ramp.ts';
import { Stage } from './stage.ts';

export interface CallMemory {
  readonly mbPerCall: number;
  /** Calls and the MB in use with them, garbage collected. */
  readonly points: readonly (readonly [number, number])[];
}

/** Every call has spoken, and was answered, by then, in ms. */
const SETTLE_MS = 15_000;

/** By the line through several numbers of calls; without history, which grows with what was said. */
export async function memoryOfCalls({ memoryCalls, threads }: CapacityOptions): Promise<CallMemory> {
  const config = { agent: { threads }, history: { enabled: false } };
  const stage = await Stage.open({ encrypted: 0, config });
  try {
    const points: (readonly [number, number])[] = [];
    for (const calls of memoryCalls) {
      await stage.call(calls, 'converse');
      await pause(SETTLE_MS);
      points.push([calls, await stage.memory()]);
    }
    const mbPerCall = slope(points);
    console.log(
      `memory of a call ${round1(mbPerCall)} MB: ${points.map(([n, mb]) => `${n} ${Math.round(mb)} MB`).join(', ')}`,
    );
    return { mbPerCall, points };
  } finally {
    await stage.close();
  }
}
