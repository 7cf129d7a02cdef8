import { setTimeout as pause } from 'node:timers/promises';
import type { Utterance } from '../caller/voice.ts';
import { within } from '../within.ts';
import { talkWish } from './engines.ts';
import type { LoadCaller } from './load-caller.ts';

/** What all callers do. */
export type Mode =
  /** Talk with the agent by turns, and over it now and then. */
  | 'converse'
  /** Speak without an end: the agent listens. */
  | 'speak'
  /** Let the agent speak without an end. */
  | 'hear'
  | 'silent';

/** One thing said and what came of it. */
export interface Turn {
  /** First and last packet with speech sent, clock's ms. */
  readonly onsetAt: number;
  readonly at: number;
  /** Last packet with speech sent -> first packet with voice received, in ms. */
  readonly answerMs?: number;
  /** First packet with speech sent -> last packet with voice of the reply that it interrupts, in ms. */
  readonly stopMs?: number;
  /** It was answered before it was over. */
  readonly cut: boolean;
}

export interface TalkOptions {
  readonly caller: LoadCaller;
  readonly utterances: readonly Utterance[];
  /** Speech without a pause that would end a turn. */
  readonly endless: Utterance;
  readonly random: () => number;
  readonly onTurn: (turn: Turn) => void;
  readonly onSpeaking: (speaking: boolean) => void;
  readonly signal: AbortSignal;
}

const ANSWER_PATIENCE_MS = 8000;
/** So much of all that is said interrupts the answer before it. */
export const INTERRUPTING_SHARE = 0.2;
const LISTENS_MS = { min: 600, max: 1200 };
const THINKS_MS = { min: 100, max: 400 };
const LOOK_MS = 50;
/** The agent has finished when nothing came for this long, in ms. */
const QUIET_MS = 150;
/** Two voices at the caller's ear are at least this far apart, in ms: less means that the reply before went on. */
const APART_MS = 150;
const HEARS_S = 300;

/** Until the signal comes. */
export async function talk(mode: Mode, options: TalkOptions): Promise<void> {
  const { caller, endless, signal, random } = options;
  // Nobody begins together with all others.
  await pause(random() * (mode === 'converse' ? 6000 : 500), undefined, { signal });
  if (mode === 'converse') await converse(options);
  if (mode === 'speak') while (!signal.aborted) await caller.say(endless);
  if (mode === 'hear') await caller.type(talkWish(HEARS_S));
}

async function converse({ caller, utterances, random, onTurn, onSpeaking, signal }: TalkOptions): Promise<void> {
  let interrupts = false;
  while (!signal.aborted) {
    const utterance = utterances[Math.floor(random() * utterances.length)] as Utterance;
    onSpeaking(true);
    const { onsetAt, lastSpeechAt } = await caller.say(utterance).finally(() => onSpeaking(false));
    const answered = await within(ANSWER_PATIENCE_MS, 'an answer', caller.voiceAfter(lastSpeechAt)).catch(
      () => undefined,
    );
    const before = caller.voiceBetween(onsetAt, answered ?? performance.now()).at(-1);
    // Where its own answer came before its end, the voice does not stop at all.
    const cut = before !== undefined && (!interrupts || (answered ?? before) - before < APART_MS);
    onTurn({
      onsetAt,
      at: lastSpeechAt,
      cut,
      ...(answered !== undefined && !cut ? { answerMs: answered - lastSpeechAt } : {}),
      ...(interrupts && before !== undefined && !cut ? { stopMs: before - onsetAt } : {}),
    });
    interrupts = answered !== undefined && random() < INTERRUPTING_SHARE;
    if (interrupts) await pause(between(LISTENS_MS, random), undefined, { signal });
    else {
      while (performance.now() - caller.flow.lastAt < QUIET_MS) await pause(LOOK_MS, undefined, { signal });
      await pause(between(THINKS_MS, random), undefined, { signal });
    }
  }
}

const between = ({ min, max }: { readonly min: number; readonly max: number }, random: () => number): number =>
  min + random() * (max - min);
