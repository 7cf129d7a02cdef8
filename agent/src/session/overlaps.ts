import type { Clock } from '../kernel/index.ts';
import type { InterruptionPolicy, TurnEvent, TurnState } from '../turns/index.ts';
import type { EchoLines } from './echo-lines.ts';
import { Overlap } from './overlap.ts';
import type { Speakers } from './speakers.ts';
import type { TurnBook } from './turn-book.ts';

/** With this much left to say, in ms, the agent has said what matters of its sentence. */
const LAST_WORDS_MS = 900;

export interface OverlapsOptions {
  readonly clock: Clock;
  readonly policy: InterruptionPolicy;
  /** Words that do not come tell something too. */
  readonly byWords: boolean;
  readonly book: TurnBook;
  readonly speakers: Speakers;
  readonly echoLines: EchoLines;
  readonly turnState: () => TurnState;
  /** What the agent has left to say, in ms. */
  readonly remainingMs: () => number;
  readonly dispatch: (event: TurnEvent) => void;
}

/** The speech over the agent that is being judged, one at a time. */
export class Overlaps {
  readonly #options: OverlapsOptions;
  #current: Overlap | undefined;

  constructor(options: OverlapsOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#current !== undefined;
  }

  /** Somebody begins to speak, be it over the agent or not, or goes on; at the clock's ms `at`. */
  speaks(at: number): void {
    const { kind } = this.#options.turnState();
    if (kind === 'overlapped' || kind === 'held') this.#current ??= this.#begin(at);
    this.goesOn();
  }

  goesOn(): void {
    this.#current?.goesOn();
  }

  pausedAt(at: number): void {
    this.#current?.pausedAt(at);
  }

  /** Its words have changed. */
  ask(): void {
    this.#current?.ask();
  }

  /** No verdict is wanted any more. */
  close(): void {
    this.#current?.close();
    this.#current = undefined;
  }

  #begin(startedAt: number): Overlap {
    const { clock, policy, byWords, book, speakers, dispatch } = this.#options;
    return new Overlap({
      clock,
      policy,
      startedAt,
      words: () => ({
        ...book.held,
        echo: speakers.isEcho || this.#mustBeEcho(),
        partials: byWords && speakers.partials,
      }),
      onHold: () => dispatch({ type: 'overlap-lasts' }),
      onBackground: () => speakers.toBackground(clock.now()),
      onVerdict: (verdict) => {
        const takes = verdict === 'take-floor' || this.#isEarlyAnswer();
        dispatch({ type: takes ? 'floor-taken' : 'overlap-ended' });
      },
    });
  }

  /** A line that has just brought the agent's words back brings more of them, until other words tell otherwise. */
  #mustBeEcho(): boolean {
    const { speakers, echoLines, book } = this.#options;
    return speakers.onlyOn(echoLines) && book.held.text === '';
  }

  /** A "yes" into the agent's last words answers them; anywhere else it means: go on. */
  #isEarlyAnswer(): boolean {
    const { turnState, book, remainingMs } = this.#options;
    const state = turnState();
    const unheard = state.kind === 'held' && state.unheard;
    if (this.#current?.isEcho) return false;
    return !unheard && book.held.text !== '' && remainingMs() < LAST_WORDS_MS;
  }
}
