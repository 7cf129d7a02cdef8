import type { AnswerPolicy } from '../../contracts/index.ts';
import { type AddressInput, isAddressed } from './address.ts';

/** After an answer the caller who got it goes on talking with the agent without naming it, for this long. */
export const FOLLOW_UP_MS = 8000;

export interface AnswerInput extends AddressInput {
  readonly policy: AnswerPolicy;
  /** Callers in the room. */
  readonly callers: number;
  /** Who said it. */
  readonly callerId: string;
  /** Whom the agent answered last, and how long its answer had been over when this turn began, in ms. */
  readonly lastAnswered?: { readonly callerId: string; readonly msAgo: number };
  /** What the other callers are called, where known: who names one of them is not talking with the agent. */
  readonly others?: readonly string[];
  /** A caller has asked for an answer by other means than words. */
  readonly asked: boolean;
}

/** Is the agent to answer this turn? What it does not answer it has heard all the same. */
export function mustAnswer(input: AnswerInput): boolean {
  const { policy, callers, asked } = input;
  if (policy === 'every-turn' || asked) return true;
  if (policy === 'on-request') return false;
  return callers <= 1 || isAddressed(input) || goesOn(input);
}

function goesOn({ lastAnswered, callerId, others = [], text, language }: AnswerInput): boolean {
  if (lastAnswered?.callerId !== callerId || lastAnswered.msAgo > FOLLOW_UP_MS) return false;
  return !isAddressed({ text, names: others, ...(language ? { language } : {}) });
}
