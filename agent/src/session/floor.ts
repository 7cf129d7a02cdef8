import type { ConversationNews, Mouth, SessionSettings } from '../contracts/index.ts';
import {
  initialTurns,
  step,
  type TurnEffect,
  type TurnEvent,
  type TurnMachine,
  type TurnState,
} from '../turns/index.ts';
import type { Answering } from './answering.ts';
import type { Listening } from './listening.ts';
import type { Speaking } from './speaking.ts';

/** How loud the agent stays while somebody speaks over it and it is not clear yet whether it must yield. */
const DUCKED_GAIN = 0.25;

/** What the agent says of its own accord. */
export interface OwnWords {
  /** Absent: what the LLM makes of the conversation so far. */
  readonly text?: string;
  /** The history is not to know of it. */
  readonly unrecorded?: true;
}

export interface FloorOptions {
  readonly mouth: Mouth;
  readonly settings: SessionSettings;
  readonly answering: Answering;
  /** These report to the floor, which they must know first. */
  readonly listening: () => Listening;
  readonly speaking: () => Speaking;
  readonly onNews?: (news: ConversationNews) => void;
  /** After each event. */
  readonly onEvent: (event: TurnEvent) => void;
}

/** Who has the floor: events go into the turn machine, and what it decides is done here. */
export class Floor {
  readonly #options: FloorOptions;
  #machine: TurnMachine;
  #toSay: OwnWords = {};

  constructor(options: FloorOptions) {
    this.#options = options;
    const { turns, replies } = options.settings.past ?? initialTurns;
    this.#machine = { ...initialTurns, turns, replies };
  }

  get state(): TurnState {
    return this.#machine.state;
  }

  dispatch(event: TurnEvent): void {
    const { next, effects } = step(this.#machine, event);
    this.#machine = next;
    const opened = effects.find((effect) => effect.do === 'open-turn');
    // Before it is told that a reply was cut: that is why.
    if (opened && event.type !== 'text') this.#tell('turn-opened', opened.turn, this.#listening.turnBeganMsAgo);
    for (const effect of effects) this.#perform(effect);
    this.#options.onEvent(event);
  }

  /** Says it if nobody has the floor. */
  say(words: OwnWords): void {
    this.#toSay = words;
    this.dispatch({ type: 'say' });
  }

  /** Typed words join the turn that is being heard, or are a turn of their own. They are answered at once. */
  text(callerId: string, text: string): void {
    const { state, turns } = this.#machine;
    if (state.kind === 'closed') return;
    const joins = state.kind === 'hearing' || state.kind === 'deciding';
    this.#listening.addTyped(joins ? state.turn : turns + 1, callerId, text);
    this.dispatch({ type: 'text' });
  }

  /** What was said last, or is being said unless it is a turn that is being heard: what comes now follows it. */
  get lastTurn(): number {
    const { state, turns } = this.#machine;
    return state.kind === 'hearing' || state.kind === 'deciding' ? state.turn - 1 : turns;
  }

  /** Sooner than speech start can be told: somebody may be about to speak, or it was nothing. */
  maybeSpeech(maybe: boolean): void {
    if (this.state.kind === 'speaking') this.#options.mouth.duck(maybe ? DUCKED_GAIN : 1);
  }

  /** The history is to know what was said in this turn, as far as it is known now. */
  remember(turn: number): void {
    const { answering } = this.#options;
    const words = this.#listening.words(turn);
    this.#speaking.history.setUser(
      turn,
      words.map(({ callerId, text }) => ({ text, name: answering.name(callerId) })),
    );
  }

  /** Of a turn; BCP 47. */
  language(turn: number): string | undefined {
    return this.#options.settings.language ?? this.#listening.language(turn);
  }

  get #listening(): Listening {
    return this.#options.listening();
  }

  get #speaking(): Speaking {
    return this.#options.speaking();
  }

  #perform(effect: TurnEffect): void {
    switch (effect.do) {
      case 'open-turn':
        this.#options.answering.opened();
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
        this.#tell('turn-dropped', effect.turn);
        break;
      case 'keep-turn':
        this.#listening.takeTurn(effect.turn);
        this.remember(effect.turn);
        this.#tell('turn-taken', effect.turn);
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
        this.remember(effect.turn);
        this.#tell('turn-taken', effect.turn);
        this.#tellBegan(effect);
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
    const language = this.language(turn);
    const order = { turn, reply, ...(language ? { language } : {}) };
    if (answers === 'say') {
      this.#tellBegan({ turn, reply });
      const { text: say, unrecorded } = this.#toSay;
      this.#speaking.start({ ...order, ...(say === undefined ? {} : { say }), ...(unrecorded ? { unrecorded } : {}) });
      return;
    }
    const heard = this.#listening.takeTurn(turn);
    this.remember(turn);
    this.#tell('turn-taken', turn);
    this.#tellBegan({ turn, reply });
    this.#speaking.start(order, heard);
  }

  #tell(kind: 'turn-opened' | 'turn-taken' | 'turn-dropped', turn: number, msAgo = this.#listening.pausedMsAgo): void {
    this.#options.onNews?.({ kind, turn, msAgo });
  }

  #tellBegan({ turn, reply }: { turn: number; reply: number }): void {
    const written = this.#speaking.isWritten(reply) ? ({ written: true } as const) : {};
    this.#options.onNews?.({ kind: 'reply-began', turn, reply, ...written });
  }

  #speculate({ turn, reply }: Extract<TurnEffect, { do: 'speculate' }>): void {
    const language = this.language(turn);
    this.remember(turn);
    this.#speaking.start({ turn, reply, guess: true, ...(language ? { language } : {}) });
  }
}
