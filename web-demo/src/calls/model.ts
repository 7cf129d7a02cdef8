import type { Key, UiLanguage } from '../strings.ts';
import type { CallDetails, CallSummary } from './library.ts';

/** All that the page of calls shows. */
export interface CallsState {
  readonly language: UiLanguage;
  readonly query: string;
  /** Absent until the first answer. */
  readonly calls?: readonly CallSummary[];
  /** Where the older ones begin; absent: these are all. */
  readonly next?: string | undefined;
  readonly chosen?: CallDetails | undefined;
  /** The recording's time; absent before it is played. */
  readonly atMs?: number | undefined;
  /** The turn whose waterfall is shown; absent: the one that is played. */
  readonly turn?: number | undefined;
  /** Deleting was pressed once. */
  readonly deleting: boolean;
  /** Why something cannot be shown. */
  readonly note?: Key | undefined;
}

export interface CallsActions {
  search(query: string): void;
  more(): void;
  choose(call: string): void;
  /** Plays from there. */
  playFrom(ms: number): void;
  playedTo(ms: number): void;
  chooseTurn(turn: number): void;
  /** Twice to do it. */
  remove(): void;
  chooseLanguage(language: UiLanguage): void;
}
