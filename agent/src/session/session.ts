import type {
  AgentState,
  ClientTool,
  ClientToolResult,
  LlmProvider,
  Mouth,
  SessionEvent,
  SessionSettings,
  TtsProvider,
} from '../contracts/index.ts';
import type { Clock, Scope } from '../kernel/index.ts';
import {
  initialTurns,
  step,
  type TurnEffect,
  type TurnEvent,
  type TurnMachine,
  type TurnState,
} from '../turns/index.ts';
import type { Listener, ListenerHandlers } from './listener.ts';
import { Listening } from './listening.ts';
import { apology, welcome } from './phrases.ts';
import { Speaking } from './speaking.ts';

/** How loud the agent stays while somebody speaks over it and it is not clear yet whether it must yield. */
const DUCKED_GAIN = 0.25;

export interface SessionOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  readonly settings: SessionSettings;
  readonly emit: (event: SessionEvent) => void;
}

/** One conversation: what is heard and said goes into the turn machine, what the machine decides is done here. */
export class Session {
  readonly #options: SessionOptions;
  readonly #listening: Listening;
  readonly #speaking: Speaking;
  readonly #playoutMs = new Map<string, number>();
  #machine: TurnMachine = initialTurns;
  #shownState: AgentState = 'idle';
  #present = false;
  #toSay = '';

  constructor(options: SessionOptions) {
    this.#options = options;
    const { emit, clock, settings, scope } = options;
    const dispatch = (event: TurnEvent): void => this.#dispatch(event);
    this.#listening = new Listening({
      clock,
      settings,
      emit,
      dispatch,
      turnState: () => this.#machine.state,
      remainingMs: () => this.#speaking.remainingMs,
      lastSaid: () => this.#speaking.lastSaid,
      onMaybeSpeech: (maybe) => {
        if (this.#machine.state.kind === 'speaking') this.#options.mouth.duck(maybe ? DUCKED_GAIN : 1);
      },
      onLateWords: (turn) => this.#remember(turn),
    });
    this.#speaking = new Speaking({
      ...options,
      dispatch,
      playoutMs: () => Math.max(0, ...this.#playoutMs.values()),
      onNoAnswer: (turn) => this.say(apology(this.#language(turn))),
    });
    scope.onClose(() => {
      this.#listening.close();
      this.#dispatch({ type: 'close' });
    });
  }

  /** Where listeners report to. */
  get ears(): ListenerHandlers {
    return this.#listening;
  }

  /** A caller hears the room: the first one is greeted. */
  callerPlaying(): void {
    if (this.#present) return;
    this.#present = true;
    this.#showState();
    const { settings, llm } = this.#options;
    const { language } = settings;
    const greeting = settings.greeting ?? llm.opening?.(language) ?? welcome(language);
    if (greeting !== '') this.say(greeting);
  }

  callerPlayout(callerId: string, delayMs: number): void {
    this.#playoutMs.set(callerId, delayMs);
  }

  callerLeft(listener: Listener): void {
    this.#playoutMs.delete(listener.callerId);
    this.#listening.left(listener);
  }

  /** Says a text if nobody has the floor. */
  say(text: string): void {
    this.#toSay = text;
    this.#dispatch({ type: 'say' });
  }

  /** Typed words join the turn that is being heard, or are a turn of their own. They are answered at once. */
  text(callerId: string, text: string): void {
    const { state, turns } = this.#machine;
    if (state.kind === 'closed') return;
    const joins = state.kind === 'hearing' || state.kind === 'deciding';
    this.#listening.addTyped(joins ? state.turn : turns + 1, callerId, text);
    this.#dispatch({ type: 'text' });
  }

  interrupt(): void {
    this.#dispatch({ type: 'interrupt' });
  }

  /** A caller wants an answer to what was said. */
  ask(_callerId: string): void {}

  offerTools(_callerId: string, _tools: readonly ClientTool[]): void {}

  toolResult(_callerId: string, _result: ClientToolResult): void {}

  #dispatch(event: TurnEvent): void {
    const { next, effects } = step(this.#machine, event);
    this.#machine = next;
    for (const effect of effects) this.#perform(effect);
    this.#showState();
  }

  #perform(effect: TurnEffect): void {
    switch (effect.do) {
      case 'open-turn':
        this.#listening.openTurn(effect.turn);
        break;
      case 'decide':
        this.#listening.decide();
        break;
      case 'cancel-decide':
        this.#listening.cancelDecide();
        break;
      case 'drop-turn':
        this.#listening.dropTurn(effect.turn);
        break;
      case 'drop-overlap':
        this.#listening.dropOverlap();
        break;
      case 'start-reply':
        this.#startReply(effect);
        break;
      case 'cancel-reply':
        this.#speaking.cancel(effect.reason, this.#listening.speechStartAt);
        break;
      case 'speculate':
        this.#speculate(effect);
        break;
      case 'adopt-reply':
        this.#remember(effect.turn);
        this.#speaking.adopt(effect.reply, this.#listening.takeTurn(effect.turn));
        break;
      case 'hold':
        this.#options.mouth.hold();
        break;
      case 'resume':
        this.#options.mouth.resume();
        break;
      case 'duck':
        this.#options.mouth.duck(DUCKED_GAIN);
        break;
      case 'unduck':
        this.#options.mouth.duck(1);
        break;
    }
  }

  #startReply({ turn, reply, answers }: Extract<TurnEffect, { do: 'start-reply' }>): void {
    const language = this.#language(turn);
    const order = { turn, reply, ...(language ? { language } : {}) };
    if (answers === 'say') {
      this.#speaking.start({ ...order, say: this.#toSay });
      return;
    }
    const heard = this.#listening.takeTurn(turn);
    this.#remember(turn);
    this.#speaking.start(order, heard);
  }

  #speculate({ turn, reply }: Extract<TurnEffect, { do: 'speculate' }>): void {
    const language = this.#language(turn);
    this.#remember(turn);
    this.#speaking.start({ turn, reply, guess: true, ...(language ? { language } : {}) });
  }

  #remember(turn: number): void {
    this.#speaking.history.setUser(turn, this.#listening.words(turn));
  }

  #language(turn: number): string | undefined {
    return this.#options.settings.language ?? this.#listening.language(turn);
  }

  #showState(): void {
    const shown = this.#present ? SHOWN[this.#machine.state.kind] : 'idle';
    if (shown === this.#shownState) return;
    this.#shownState = shown;
    this.#options.emit({ type: 'agent-state', state: shown });
  }
}

const SHOWN: Readonly<Record<TurnState['kind'], AgentState>> = {
  idle: 'listening',
  hearing: 'listening',
  deciding: 'listening',
  thinking: 'thinking',
  speaking: 'speaking',
  overlapped: 'speaking',
  held: 'speaking',
  closed: 'idle',
};
