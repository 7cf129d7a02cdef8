import { setTimeout as pause } from 'node:timers/promises';
import { round1 } from '../stats.ts';
import type { CapacityOptions } from './options.ts';
import { type Measured, Stage } from './stage.ts';

/** What a call costs in one of its states, in % of a core. */
export interface CallCosts {
  /** Caller and agent are silent; packets come all the same. */
  readonly silent: number;
  /** The caller speaks without an end. */
  readonly listening: number;
  /** The agent speaks without an end. */
  readonly talking: number;
  readonly details: Readonly<Record<'empty' | 'silent' | 'speak' | 'hear', Measured>>;
}

const SETTLE_MS = 3000;

/** Server and media worker, less what they take without calls. */
export async function callCosts({ costCalls, costMs, threads }: CapacityOptions): Promise<CallCosts> {
  const stage = await Stage.open({ encrypted: 0, config: { agent: { threads } } });
  try {
    await stage.call(costCalls, 'silent');
    await pause(SETTLE_MS);
    const silent = await stage.measure(costMs);
    await stage.call(costCalls, 'speak');
    await pause(SETTLE_MS);
    const speak = await stage.measure(costMs);
    await stage.call(costCalls, 'hear');
    await pause(SETTLE_MS);
    const hear = await stage.measure(costMs);
    await stage.call(0, 'silent');
    await pause(SETTLE_MS * 2);
    const empty = await stage.measure(costMs);
    const each = (measured: Measured): number => round2((total(measured) - total(empty)) / costCalls);
    const costs = { silent: each(silent), listening: each(speak), talking: each(hear) };
    console.log(
      `CPU of a call, % of a core, of ${costCalls} at a time: silent ${costs.silent}, ` +
        `listening ${costs.listening}, talking ${costs.talking}; without calls ${round1(total(empty))}`,
    );
    return { ...costs, details: { empty, silent, speak, hear } };
  } finally {
    await stage.close();
  }
}

const total = ({ serverPercent, mediaPercent }: Measured): number => serverPercent + mediaPercent;
const round2 = (value: number): number => Math.round(value * 100) / 100;
