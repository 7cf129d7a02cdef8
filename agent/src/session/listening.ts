import type { ProviderError, SessionEvent, SessionSettings, TurnDetector } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { TurnEvent, TurnState } from '../turns/index.ts';
import { EchoLines } from './echo-lines.ts';
import type { HeardTimes } from './figures.ts';
import type { Listener, ListenerHandlers } from './listener.ts';
import { Overlaps } from './overlaps.ts';
import { policiesOf } from './policies.ts';
import { Speakers } from './speakers.ts';
import { SteadyWords } from './steady-words.ts';
import { Stirs } from './stirs.ts';
import { type CallerWords, TurnBook } from './turn-book.ts';
import { TurnEnd, type TurnWords } from './turn-end.ts';
import type { Utterance } from './utterance.ts';

/** What a turn model hears of the time before a turn's first sound, in ms: as Pipecat gives it (pre_speech_ms). */
const LEAD_MS = 500;

export interface ListeningOptions {
  readonly clock: Clock;
  readonly settings: SessionSettings;
  readonly emit: (event: SessionEvent) => void;
  readonly dispatch: (event: TurnEvent) => void;
  readonly turnState: () => TurnState;
  /** Tells by ear whether a turn is over; absent: words and pauses do. */
  readonly turnDetector?: TurnDetector;
  /** Clock's ms at which the voice of the answer was first heard; undefined where it was not. */
  readonly voiceBeganAt: () => number | undefined;
  /** Clock's ms at which the agent's last packet with voice left. */
  readonly lastVoiceAt: () => number;
  /** What the agent has left to say, in ms. */
  readonly remainingMs: () => number;
  /** What was heard of the agent's latest words. */
  readonly lastSaid: () => string;
  /** Somebody may be about to speak, or it was nothing: sooner than speech start can be told. */
  readonly onMaybeSpeech: (maybe: boolean) => void;
  /** Words arrived for a turn that is being answered, or was. */
  readonly onLateWords: (turn: number) => void;
  /** These words, of the turn that is being heard, are to be answered. */
  readonly isForAgent: (words: readonly CallerWords[]) => boolean;
  /** A turn is over and its words do not come; the recogniser may be stuck. Some may be there, which are answered now. */
  readonly onStall: (turn: number, hasWords: boolean) => void;
  /** Speech was not recognised because the recogniser failed: all that is left of it is that somebody spoke. */
  readonly onUnrecognised: (turn: number) => void;
}

/** The hearing half of a conversation: who speaks, which words belong to which turn, when a turn is over. */
export class Listening implements ListenerHandlers {
  readonly #options: ListeningOptions;
  readonly #book = new TurnBook();
  readonly #speakers = new Speakers();
  readonly #turnEnd: TurnEnd;
  readonly #echoLines: EchoLines;
  readonly #stirs: Stirs;
  readonly #steadyWords: SteadyWords;
  readonly #overlaps: Overlaps;
  /** Who spoke last. */
  #heard: Listener | undefined;
  /** The turn that was opened last, and the clock's ms at which it began. */
  #opened = { turn: 0, at: 0 };
  #speechStartAt = 0;
  #speechEndAt = 0;
  #asrFinalAt = 0;
  /** Since the turn was opened. */
  #asrFailed = false;

  constructor(options: ListeningOptions) {
    const { clock, settings, dispatch, turnDetector } = options;
    // A fixed silence asks nobody.
    const asks = turnDetector !== undefined && settings.endpointingMs === undefined;
    this.#options = options;
    const { endpointing, interruption } = policiesOf(settings);
    this.#echoLines = new EchoLines(options);
    this.#stirs = new Stirs({ ...options, agentSpeaks: () => options.turnState().kind === 'speaking' });
    this.#steadyWords = new SteadyWords(clock, endpointing);
    this.#overlaps = new Overlaps({
      ...options,
      policy: interruption,
      byWords: settings.interruptionMs === undefined,
      book: this.#book,
      speakers: this.#speakers,
      echoLines: this.#echoLines,
    });
    this.#turnEnd = new TurnEnd({
      clock,
      policy: endpointing,
      speculation: settings.speculation,
      patienceMs: settings.silenceWatchdogMs,
      words: () => this.#words(),
      ...(asks ? { predict: (signal) => this.#predict(signal) } : {}),
      isForAgent: () => options.isForAgent(this.words(this.#turn)),
      onStall: (hasWords) => options.onStall(this.#turn, hasWords),
      dispatch,
    });
  }

  /** Clock's ms of the onset of the speech that goes on now, or that is not judged yet; undefined where there is none. */
  get speechStartAt(): number | undefined {
    return this.#speakers.some || this.#overlaps.open ? this.#speechStartAt : undefined;
  }

  /** When whoever has the floor began to speak, in ms before now. */
  get turnBeganMsAgo(): number {
    return Math.max(0, this.#options.clock.now() - this.#speechStartAt);
  }

  /** When somebody last stopped speaking, in ms before now. */
  get pausedMsAgo(): number {
    return Math.max(0, this.#options.clock.now() - this.#speechEndAt);
  }

  speechStart(listener: Listener, at: number): void {
    const first = this.#speakers.begins(listener);
    this.#echoLines.speechStart(listener, at);
    if (!first) return;
    if (!this.#overlaps.open) this.#speechStartAt = at;
    if (this.#options.turnState().kind === 'deciding') this.#turnEnd.wentOn(at);
    this.#options.dispatch({ type: 'speech-start', ...(this.#isEarly(at) ? { early: true } : {}) });
    this.#overlaps.speaks(at);
  }

  speechGoesOn(): void {
    this.#overlaps.goesOn();
    if (this.#options.turnState().kind !== 'hearing' || !this.#speakers.partials) return;
    const nobodySince = this.#steadyWords.watch(this.#words(), this.#speechStartAt, this.#turnEnd);
    if (nobodySince !== undefined) this.#speakers.toBackground(nobodySince);
  }

  speechEnd(listener: Listener, at: number): void {
    if (!this.#speakers.ends(listener)) return;
    this.#heard = listener;
    this.#speechEndAt = at;
    this.#overlaps.pausedAt(at);
    this.#options.dispatch({ type: 'speech-end' });
  }

  hint(listener: Listener, hint: 'maybe-starts' | 'nothing' | 'maybe-ends' | 'goes-on'): void {
    if (hint === 'maybe-starts' || hint === 'nothing') {
      const maybe = hint === 'maybe-starts' && !listener.isEcho;
      this.#stirs.maybeSpeech(listener, maybe);
      if (this.#options.turnState().kind === 'deciding') this.#turnEnd.stirs(maybe);
    }
    const heard = this.#speakers.isAlone(listener) && this.#options.turnState().kind === 'hearing';
    if (!heard || hint === 'maybe-starts' || hint === 'nothing') return;
    this.#heard = listener;
    this.#turnEnd.falls(hint === 'maybe-ends');
  }

  /** A sound begins on this line; whether it is speech is not known yet. */
  stirs(listener: Listener): void {
    if (!listener.mayEcho && !this.#echoLines.echoes(listener)) this.#stirs.begins(listener);
  }

  left(listener: Listener): void {
    this.speechEnd(listener, this.#options.clock.now());
    // Others may be waiting for words that will not come any more.
    this.#turnEnd.wordsChanged();
  }

  failed({ stage, message, retryable }: ProviderError): void {
    if (stage === 'asr') this.#asrFailed = true;
    this.#options.emit({ type: 'error', code: 'engine-failed', stage, message, retryable });
  }

  utterance(listener: Listener, utterance: Utterance): void {
    this.#echoLines.leaveOutOwnWords(listener, utterance, this.#isOverlapped());
    if (utterance.settled) this.#asrFinalAt = this.#options.clock.now();
    const turn = this.#book.turnOf(utterance) ?? this.#place(utterance);
    if (turn === undefined) {
      this.#overlaps.ask();
      return;
    }
    const late = turn !== this.#openTurn;
    if (late) this.#options.onLateWords(turn);
    this.#show(turn, utterance.callerId, late && utterance.settled);
    if (!late) this.#turnEnd.wordsChanged();
  }

  /** What is being said from here on, held speech included, belongs to this turn. */
  openTurn(turn: number): void {
    this.close();
    this.#asrFailed = false;
    this.#steadyWords.reset();
    this.#book.open(turn);
    if (this.#opened.turn !== turn) this.#opened = { turn, at: this.#speechStartAt };
    if (this.#book.isTyped(turn)) return;
    for (const callerId of this.#book.callers(turn)) this.#show(turn, callerId, false);
    // The speech that took the floor may be over by the time that its words tell so.
    if (!this.#speakers.some) this.#options.dispatch({ type: 'speech-end' });
  }

  addTyped(turn: number, callerId: string, text: string): void {
    this.#book.addTyped(turn, callerId, text);
  }

  decide(): void {
    this.#turnEnd.wait(this.#speechEndAt);
  }

  cancelDecide(): void {
    this.#turnEnd.stop();
  }

  dropTurn(turn: number): void {
    this.#finish(turn);
    this.#book.drop(turn);
    if (this.#asrFailed) this.#options.onUnrecognised(turn);
    this.#asrFailed = false;
  }

  dropOverlap(): void {
    this.close();
    this.#book.dropHeld();
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.#turnEnd.stop();
    this.#overlaps.close();
  }

  /** The turn is answered now: its words are final. When they were heard is undefined for typed ones. */
  takeTurn(turn: number): HeardTimes | undefined {
    this.close();
    this.#finish(turn);
    // Whoever speaks on through the end of the turn says something else from here on.
    this.#speakers.toBackground(this.#options.clock.now());
    if (this.#book.isTyped(turn)) return undefined;
    const asrFinalAt = this.#book.settled(turn) ? this.#asrFinalAt : undefined;
    return { speechEndAt: this.#speechEndAt, asrFinalAt, completeAt: this.#options.clock.now() };
  }

  /** What each caller said in the turn. */
  words(turn: number): CallerWords[] {
    return this.#book.words(turn);
  }

  /** BCP 47, by the recogniser or by the script of the words. */
  language(turn: number): string | undefined {
    return this.#book.language(turn);
  }

  /** The turn that is being heard; undefined while the agent has the floor, or nobody. */
  get #openTurn(): number | undefined {
    const state = this.#options.turnState();
    return state.kind === 'hearing' || state.kind === 'deciding' ? state.turn : undefined;
  }

  /** New speech joins the turn that is being heard; over the agent's voice it is held until it is clear what it is. */
  #place(utterance: Utterance): number | undefined {
    const turn = this.#openTurn;
    if (turn !== undefined) this.#book.add(turn, utterance);
    else if (!utterance.settled) this.#book.hold(utterance);
    return turn;
  }

  #isOverlapped(): boolean {
    const { kind } = this.#options.turnState();
    return kind === 'overlapped' || kind === 'held';
  }

  /** Who began before the agent's voice was heard goes on with the turn, and does not interrupt. */
  #isEarly(at: number): boolean {
    const voiceBeganAt = this.#options.voiceBeganAt();
    return voiceBeganAt !== undefined && at < voiceBeganAt;
  }

  get #turn(): number {
    const state = this.#options.turnState();
    return 'turn' in state ? state.turn : 0;
  }

  /** By the sound of the turn so far, of the caller who spoke last. */
  async #predict(signal: AbortSignal): Promise<number> {
    const { turnDetector, clock } = this.#options;
    const audio = this.#heard?.lastAudio(clock.now() - this.#opened.at + LEAD_MS) ?? new Int16Array(0);
    if (!turnDetector || audio.length === 0) throw new TypeError('there is nothing to judge');
    return turnDetector.predict({ audio, text: this.#words().text }, { signal });
  }

  /** Of the turn that is being heard. */
  #words(): TurnWords {
    const turn = this.#turn;
    const language = this.language(turn);
    const text = this.words(turn).map((part) => part.text);
    return { text: text.join(' ').trim(), settled: this.#book.settled(turn), ...(language ? { language } : {}) };
  }

  #finish(turn: number): void {
    for (const callerId of this.#book.callers(turn)) this.#show(turn, callerId, true);
  }

  #show(turn: number, callerId: string, final: boolean): void {
    const text = this.#book.text(turn, callerId);
    if (text === '' && !final) return;
    const language = this.#book.toldLanguage(turn);
    this.#options.emit({ type: 'transcript', turn, callerId, text, final, ...(language ? { language } : {}) });
  }
}
