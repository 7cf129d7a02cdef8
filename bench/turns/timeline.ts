/** A word that sounds at a caller's microphone. Times: ms since 1970, as its packets leave. */
export interface SoundingWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** What the scripted recogniser is told: the truth about one caller's audio. `call` is the tag of its language. */
export interface Truth {
  readonly call: string;
  readonly words: readonly SoundingWord[];
}

/** What an engine of the server did, for the report of a trial that went wrong. `at`: ms since 1970. */
export interface EngineNote {
  readonly at: number;
  readonly engine: 'asr' | 'llm' | 'tts';
  readonly call?: string;
  readonly text: string;
}

/** Between the server's process and its host thread; both ways. */
export const TRUTH_CHANNEL = 'turns-truth';
export const NOTES_CHANNEL = 'turns-notes';

/** A caller joins with a language that names its call too: the recogniser is told no more than the language. */
export const languageTag = (call: string): string => `en-${call}`;
export const callOf = (language: string | undefined): string => language?.split('-')[1] ?? '';

/** This process's clock's ms as ms since 1970: the same in every process. */
export const sinceEpoch = (at: number): number => performance.timeOrigin + at;
