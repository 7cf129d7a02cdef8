import type { Clock } from '../kernel/index.ts';
import {
  completeness,
  type EndpointingPolicy,
  heardPause,
  noPauses,
  type PauseStats,
  type TurnEvent,
} from '../turns/index.ts';

/** Quiet for this long, words may be all there is to come: time to prepare an answer, in ms. */
const GUESS_AFTER_MS = 80;
/**
 * Quiet for this long, the turn model is asked, in ms. Voice detection has let go some 50 ms after the last sound: so it
 * hears 200 ms of silence, as it does in Pipecat, and its answer is there before a turn can end.
 */
const ASK_AFTER_MS = 150;
/** How long a turn that is over waits for what may be the onset of more, in ms: voice detection knows by then. */
const ONSET_MS = 200;

/** What is known of the turn that is being heard. */
export interface TurnWords {
  readonly text: string;
  readonly settled: boolean;
  readonly language?: string;
}

export interface TurnEndOptions {
  readonly clock: Clock;
  readonly policy: EndpointingPolicy;
  /** Prepare answers before the turn is over. */
  readonly speculation: boolean;
  readonly words: () => TurnWords;
  /** An audio turn model's chance, 0..1, that the turn is over; absent where there is none. */
  readonly predict?: (signal: AbortSignal) => Promise<number>;
  /** The turn, as far as it is known, is to be answered. */
  readonly isForAgent: () => boolean;
  /** Words that are not in after this, in ms, are not waited for in silence; 0 for as long as it takes. */
  readonly patienceMs: number;
  /** The turn is over, and its words do not come; some may be there, which are answered now. */
  readonly onStall: (hasWords: boolean) => void;
  readonly dispatch: (event: TurnEvent) => void;
}

/** Finds the end of a turn: so much silence, given the words and the speaker, and all words known. */
export class TurnEnd {
  readonly #options: TurnEndOptions;
  #pauses: PauseStats = noPauses;
  /** The pause that is being judged; undefined while somebody speaks, or nobody's turn it is. */
  #pause: { readonly speechEndAt: number; over: boolean } | undefined;
  #cancelSilence: (() => void) | undefined;
  #cancelQuiet: (() => void) | undefined;
  #cancelStall: (() => void) | undefined;
  /** Set while somebody may be starting to go on. */
  #cancelOnset: (() => void) | undefined;
  #quiet = false;
  #cancelAsk: (() => void) | undefined;
  /** The question to the model about this pause, and its answer. */
  #asking: AbortController | undefined;
  #endProbability: number | undefined;
  /** The words that the answer under way answers. */
  #guessed: string | undefined;

  constructor(options: TurnEndOptions) {
    this.#options = options;
  }

  /** The speaker's pauses so far. */
  get pauses(): PauseStats {
    return this.#pauses;
  }

  /** The voice falls quiet, or goes on: sooner than speech end can be told. */
  falls(quiet: boolean): void {
    this.#cancelQuiet?.();
    this.#unask();
    this.#quiet = false;
    if (!quiet) {
      this.#unguess();
      return;
    }
    this.#cancelQuiet = this.#options.clock.after(GUESS_AFTER_MS, () => {
      this.#quiet = true;
      this.guess();
    });
    this.#cancelAsk = this.#options.clock.after(ASK_AFTER_MS, () => this.#ask());
  }

  /** Somebody may be about to go on, or it was nothing: a turn does not end in between. */
  stirs(maybe: boolean): void {
    this.#cancelOnset?.();
    this.#cancelOnset = maybe ? this.#options.clock.after(ONSET_MS, () => this.stirs(false)) : undefined;
    if (!maybe) this.#complete();
  }

  /** Speech has ended at the clock's ms `speechEndAt`: is it the end of the turn? */
  wait(speechEndAt: number): void {
    this.#pause = { speechEndAt, over: false };
    if (!this.#asking) this.#ask();
    this.wordsChanged();
  }

  /** Speech went on at the clock's ms `at`, in the same turn. */
  wentOn(at: number): void {
    if (this.#pause) this.#pauses = heardPause(this.#pauses, at - this.#pause.speechEndAt);
    this.stop();
  }

  /** The turn is taken, or forgotten. */
  stop(): void {
    this.#pause = undefined;
    this.#guessed = undefined;
    this.#cancelSilence?.();
    this.#cancelQuiet?.();
    this.#cancelStall?.();
    this.#cancelStall = undefined;
    this.#cancelOnset?.();
    this.#cancelOnset = undefined;
    this.#quiet = false;
    this.#unask();
  }

  /** More words, other words, or the last words. */
  wordsChanged(): void {
    if (this.#guessed !== undefined && this.#guessed !== plain(this.#options.words().text)) this.#unguess();
    const { clock, policy, words } = this.#options;
    const pause = this.#pause;
    // Right after speech the last words are still missing from a partial: quiet or a final makes them credible.
    if (this.#quiet || (pause && words().settled)) this.guess();
    if (!pause) return;
    const silenceMs = policy.silenceMs({ ...words(), pauses: this.#pauses, endProbability: this.#endProbability });
    this.#cancelSilence?.();
    this.#cancelSilence = clock.after(Math.max(0, pause.speechEndAt + silenceMs - clock.now()), () => {
      pause.over = true;
      this.#complete();
    });
    pause.over = false;
    this.#complete();
  }

  /** Once for each pause; a model that fails has no opinion. */
  #ask(): void {
    const { predict } = this.#options;
    this.#cancelAsk?.();
    if (!predict) return;
    const asking = new AbortController();
    this.#asking = asking;
    predict(asking.signal).then(
      (probability) => {
        if (asking.signal.aborted) return;
        this.#endProbability = probability;
        this.wordsChanged();
      },
      () => {},
    );
  }

  /** Speech goes on, or the turn is over: an answer that is still to come is about the past. */
  #unask(): void {
    this.#cancelAsk?.();
    this.#asking?.abort();
    this.#asking = undefined;
    this.#endProbability = undefined;
  }

  #complete(): void {
    if (!this.#pause?.over || this.#cancelOnset) return;
    if (this.#options.words().settled) this.#end();
    else this.#cancelStall ??= this.#waitForWords();
  }

  #end(): void {
    const { words, isForAgent, dispatch } = this.#options;
    const hasWords = words().text !== '';
    const unanswered = hasWords && !isForAgent();
    this.stop();
    dispatch({ type: 'turn-complete', hasWords, ...(unanswered ? { unanswered } : {}) });
  }

  /** What is known by then has to do; words that come still later join the turn all the same. */
  #waitForWords(): (() => void) | undefined {
    const { clock, patienceMs, words, onStall } = this.#options;
    if (patienceMs === 0) return undefined;
    return clock.after(patienceMs, () => {
      const hasWords = words().text !== '';
      onStall(hasWords);
      if (hasWords) this.#end();
    });
  }

  /** The words may be all there is to come. */
  guess(): void {
    const { speculation, words, isForAgent, dispatch } = this.#options;
    if (!speculation || this.#guessed !== undefined || !isForAgent()) return;
    const { text, language } = words();
    const kind = completeness(text, language);
    if (kind !== 'finished' && kind !== 'open') return;
    this.#guessed = plain(text);
    dispatch({ type: 'words-stable' });
  }

  #unguess(): void {
    if (this.#guessed === undefined) return;
    this.#guessed = undefined;
    this.#options.dispatch({ type: 'words-changed' });
  }
}

/** What matters of words to an answer: not how they are written. */
const plain = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\p{P}\s]+/gu, ' ')
    .trim();
