import type { ProviderError, SessionEvent, SessionSettings } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';
import { languageOf } from '../reply/index.ts';
import type { TurnEvent, TurnState } from '../turns/index.ts';
import type { HeardTimes } from './figures.ts';
import type { Listener, ListenerHandlers } from './listener.ts';
import { TurnBook } from './turn-book.ts';
import type { Utterance } from './utterance.ts';

export interface ListeningOptions {
  readonly clock: Clock;
  readonly settings: Pick<SessionSettings, 'endpointingMs' | 'interruptionMs'>;
  readonly emit: (event: SessionEvent) => void;
  readonly dispatch: (event: TurnEvent) => void;
  readonly turnState: () => TurnState;
  /** Words arrived for a turn that is being answered, or was. */
  readonly onLateWords: (turn: number) => void;
}

/** The hearing half of a conversation: who speaks, which words belong to which turn, when a turn is over. */
export class Listening implements ListenerHandlers {
  readonly #options: ListeningOptions;
  readonly #book = new TurnBook();
  readonly #speaking = new Set<Listener>();
  #speechStartAt = 0;
  #speechEndAt = 0;
  #asrFinalAt = 0;
  #stopWaiting: (() => void) | undefined;
  /** When the turn that is being decided fell silent for long enough; undefined before. */
  #silentAt: number | undefined;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  /** Clock's ms of the onset of the speech that goes on now; undefined while all are silent. */
  get speechStartAt(): number | undefined {
    return this.#speaking.size > 0 ? this.#speechStartAt : undefined;
  }

  speechStart(listener: Listener, at: number): void {
    const first = this.#speaking.size === 0;
    this.#speaking.add(listener);
    if (!first) return;
    this.#speechStartAt = at;
    this.#options.dispatch({ type: 'speech-start' });
  }

  speechGoesOn(_listener: Listener, lastedMs: number): void {
    if (lastedMs >= this.#options.settings.interruptionMs) this.#options.dispatch({ type: 'floor-taken' });
  }

  speechEnd(listener: Listener, at: number): void {
    if (!this.#speaking.delete(listener) || this.#speaking.size > 0) return;
    this.#speechEndAt = at;
    this.#options.dispatch({ type: 'overlap-ended' });
    this.#options.dispatch({ type: 'speech-end' });
  }

  left(listener: Listener): void {
    this.speechEnd(listener, this.#options.clock.now());
  }

  failed({ stage, message, retryable }: ProviderError): void {
    this.#options.emit({ type: 'error', code: 'engine-failed', stage, message, retryable });
  }

  utterance(_listener: Listener, utterance: Utterance): void {
    if (utterance.settled) this.#asrFinalAt = this.#options.clock.now();
    const turn = this.#book.turnOf(utterance) ?? this.#place(utterance);
    if (turn === undefined) return;
    const late = !this.#isOpen(turn);
    if (late) this.#options.onLateWords(turn);
    this.#show(turn, utterance.callerId, late && utterance.settled);
    this.#completeTurn();
  }

  /** What is being said from here on, held speech included, belongs to this turn. */
  openTurn(turn: number): void {
    this.#book.open(turn);
    if (this.#book.isTyped(turn)) return;
    for (const callerId of this.#book.callers(turn)) this.#show(turn, callerId, false);
  }

  addTyped(turn: number, callerId: string, text: string): void {
    this.#book.addTyped(turn, callerId, text);
  }

  /** Starts waiting for the end of the turn: so much silence, and all words known. */
  decide(): void {
    const { clock, settings } = this.#options;
    this.#silentAt = undefined;
    this.#stopWaiting = clock.after(Math.max(0, this.#speechEndAt + settings.endpointingMs - clock.now()), () => {
      this.#silentAt = clock.now();
      this.#completeTurn();
    });
  }

  cancelDecide(): void {
    this.#stopWaiting?.();
    this.#silentAt = undefined;
  }

  dropTurn(turn: number): void {
    this.#finish(turn);
    this.#book.drop(turn);
  }

  dropOverlap(): void {
    this.#book.dropHeld();
  }

  /** The turn is answered now: its words are final. When they were heard is undefined for typed ones. */
  takeTurn(turn: number): HeardTimes | undefined {
    this.#finish(turn);
    if (this.#book.isTyped(turn)) return undefined;
    return { speechEndAt: this.#speechEndAt, asrFinalAt: this.#asrFinalAt, completeAt: this.#options.clock.now() };
  }

  /** What each caller said in the turn. */
  words(turn: number): { text: string }[] {
    return this.#book.callers(turn).map((callerId) => ({ text: this.#book.text(turn, callerId) }));
  }

  /** BCP 47, by the recogniser or by the script of the words. */
  language(turn: number): string | undefined {
    const text = this.words(turn).map((part) => part.text);
    return this.#book.language(turn) ?? languageOf(text.join(' '));
  }

  #isOpen(turn: number): boolean {
    const state = this.#options.turnState();
    return (state.kind === 'hearing' || state.kind === 'deciding') && state.turn === turn;
  }

  /** New speech joins the turn that is being heard; over the agent's voice it is held until it is clear what it is. */
  #place(utterance: Utterance): number | undefined {
    const state = this.#options.turnState();
    if (state.kind === 'hearing' || state.kind === 'deciding') {
      this.#book.add(state.turn, utterance);
      return state.turn;
    }
    if (!utterance.settled) this.#book.hold(utterance);
    return undefined;
  }

  #completeTurn(): void {
    const state = this.#options.turnState();
    if (state.kind !== 'deciding' || this.#silentAt === undefined || !this.#book.settled(state.turn)) return;
    this.#silentAt = undefined;
    this.#options.dispatch({ type: 'turn-complete', hasWords: this.#book.hasWords(state.turn) });
  }

  #finish(turn: number): void {
    for (const callerId of this.#book.callers(turn)) this.#show(turn, callerId, true);
  }

  #show(turn: number, callerId: string, final: boolean): void {
    const text = this.#book.text(turn, callerId);
    if (text === '' && !final) return;
    const language = this.#book.language(turn);
    this.#options.emit({ type: 'transcript', turn, callerId, text, final, ...(language ? { language } : {}) });
  }
}
