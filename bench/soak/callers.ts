// The process of the soak's callers: each of its places holds one call after another. Begins and ends when told.
import { setTimeout as pause } from 'node:timers/promises';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../agent/src/codec/index.ts';
import { Beat } from '../capacity/beat.ts';
import { PlainCaller } from '../capacity/plain-caller.ts';
import { talk } from '../capacity/talk.ts';
import { recordLoad } from '../capacity/voices.ts';

export type SoakOrder =
  /** `callMs`: shortest and longest call, in ms; `dropShare`: of calls that end without a word, 0..1. */
  | {
      readonly do: 'churn';
      readonly places: number;
      readonly callMs: readonly [number, number];
      readonly dropShare: number;
    }
  | { readonly do: 'stop' };

export interface Churned {
  calls: number;
  dropped: number;
  turns: number;
  answered: number;
  interrupted: number;
  /** Engines that failed, as callers were told. */
  problems: number;
  /** Calls that could not begin. */
  failures: string[];
}

const AGAIN_MS = { min: 50, max: 1000 };

const [url = ''] = process.argv.slice(2);
const library = await OpusLibrary.load();
const voice = recordLoad(library);
const beat = new Beat();
const churned: Churned = { calls: 0, dropped: 0, turns: 0, answered: 0, interrupted: 0, problems: 0, failures: [] };
const stop = new AbortController();
let places: Promise<void>[] = [];

async function place({ callMs: [shortest, longest], dropShare }: Extract<SoakOrder, { do: 'churn' }>): Promise<void> {
  while (!stop.signal.aborted) {
    await pause(AGAIN_MS.min + Math.random() * (AGAIN_MS.max - AGAIN_MS.min));
    try {
      await oneCall(shortest + Math.random() * (longest - shortest), Math.random() < dropShare);
    } catch (error) {
      churned.failures.push(String(error));
    }
  }
}

async function oneCall(ms: number, drops: boolean): Promise<void> {
  const caller = await PlainCaller.join({ url, beat, library, voice });
  churned.calls++;
  const enough = new AbortController();
  const talking = talk('converse', {
    caller,
    ...voice,
    random: Math.random,
    onTurn: ({ answerMs, stopMs }) => {
      churned.turns++;
      if (answerMs !== undefined) churned.answered++;
      if (stopMs !== undefined) churned.interrupted++;
    },
    onSpeaking: () => {},
    signal: enough.signal,
  });
  // A sentence that is being said when the call ends is never over.
  talking.catch(() => {});
  await pause(ms, undefined, { signal: stop.signal }).catch(() => {});
  enough.abort();
  churned.problems += caller.problems.length;
  if (drops) churned.dropped++;
  await caller.leave(!drops);
}

process.on('message', async (order: SoakOrder) => {
  if (order.do === 'churn') places = Array.from({ length: order.places }, () => place(order));
  else {
    stop.abort();
    await Promise.all(places);
  }
  process.send?.({ churned });
});
process.once('disconnect', () => process.exit(0));
