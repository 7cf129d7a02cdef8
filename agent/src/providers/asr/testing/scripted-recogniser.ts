import { until } from '../../../testing/index.ts';

/** What goes wrong when an utterance has been heard, or (a refusal) instead of hearing it. */
export type AsrTrouble = 'stall' | 'cut' | 'rubbish' | 'refused-key' | 'rate-limit';

/** A server as the contract of recognisers sees it. */
export interface ScriptedRecogniser {
  /** What it understands in an utterance of so many ms. */
  words: (ms: number) => string;
  trouble: AsrTrouble | undefined;
  /** Utterances that were heard to their end. */
  readonly heard: number;
  /** Utterances that somebody waits for. */
  readonly waiting: number;
  /** Messages that are not of the protocol. */
  readonly complaints: readonly string[];
}

export const STATUS: Readonly<Partial<Record<AsrTrouble, number>>> = { 'refused-key': 401, 'rate-limit': 429 };

/** Resolves when it has heard so many utterances. */
export const hasHeard = (server: ScriptedRecogniser, count: number): Promise<void> =>
  until(() => server.heard >= count);
