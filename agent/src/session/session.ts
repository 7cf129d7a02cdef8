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
import { KeptPhrases, Summariser } from '../reply/index.ts';
import type { ToolLog, ToolSource } from '../tools/index.ts';
import { initialTurns, step, type TurnEffect, type TurnEvent, type TurnMachine } from '../turns/index.ts';
import { Answering } from './answering.ts';
import { Courtesy } from './courtesy.ts';
import type { Listener, ListenerHandlers } from './listener.ts';
import { Listening } from './listening.ts';
import { shownState } from './shown-state.ts';
import { Speaking } from './speaking.ts';
import { ToolDesk } from './tool-desk.ts';

/** How loud the agent stays while somebody speaks over it and it is not clear yet whether it must yield. */
const DUCKED_GAIN = 0.25;

export interface SessionOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  /** Tools that this conversation shares with others. */
  readonly tools?: Pick<ToolSource, 'tools'>;
  readonly settings: SessionSettings;
  readonly log?: ToolLog;
  readonly emit: (event: SessionEvent) => void;
}

/** One conversation: what is heard and said goes into the turn machine, what the machine decides is done here. */
export class Session {
  readonly #options: SessionOptions;
  readonly #listening: Listening;
  readonly #speaking: Speaking;
  readonly #answering: Answering;
  readonly #courtesy: Courtesy;
  readonly #desk: ToolDesk;
  readonly #playoutMs = new Map<string, number>();
  #machine: TurnMachine = initialTurns;
  #shownState: AgentState = 'idle';
  #present = false;
  #toSay = '';

  constructor(options: SessionOptions) {
    this.#options = options;
    const { emit, clock, settings, scope } = options;
    const dispatch = (event: TurnEvent): void => this.#dispatch(event);
    const tts = options.tts instanceof KeptPhrases ? options.tts : new KeptPhrases(options.tts);
    this.#answering = new Answering(settings, clock);
    this.#courtesy = new Courtesy({
      ...options,
      tts,
      language: (turn) => this.#language(turn),
      say: (text) => this.say(text),
      filler: (calls) => this.#desk.filler(calls),
    });
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
      isForAgent: (words) => this.#answering.isForAgent(words),
      onStall: (turn) => this.#courtesy.stalled(turn),
      onUnrecognised: (turn) => this.#courtesy.unrecognised(turn),
    });
    this.#speaking = new Speaking({
      ...options,
      tts,
      dispatch,
      playoutMs: () => Math.max(0, ...this.#playoutMs.values()),
      toolsFor: (turn) => this.#desk.forTurn(turn),
      bridgeFor: (turn) => this.#courtesy.bridgeFor(turn),
      onNoAnswer: (turn) => this.#courtesy.noAnswer(turn),
      onAnswered: (turn) => {
        this.#answering.answered(this.#listening.words(turn));
        summariser?.consider();
      },
    });
    const { history } = this.#speaking;
    const onFailed = (error: unknown): void => options.log?.('warn', `older turns could not be summed up: ${error}`);
    const summariser = settings.summarise ? new Summariser({ ...options, history, onFailed }) : undefined;
    this.#desk = new ToolDesk({
      scope,
      clock,
      shared: options.tools ?? { tools: [] },
      history,
      emit,
      ...(options.log ? { log: options.log } : {}),
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
    this.#courtesy.greet();
  }

  /** A caller can be heard from now on, and may be called by a name. */
  callerJoined(callerId: string, name?: string): void {
    this.#answering.joined(callerId, name);
  }

  callerPlayout(callerId: string, delayMs: number): void {
    this.#playoutMs.set(callerId, delayMs);
  }

  callerLeft(listener: Listener): void {
    this.#playoutMs.delete(listener.callerId);
    this.#answering.left(listener.callerId);
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

  /** A caller wants an answer: to the turn that is being heard when it is over, else now to what was said so far. */
  ask(callerId: string): void {
    if (this.#machine.state.kind === 'idle') this.text(callerId, '');
    else this.#answering.ask();
  }

  /** They replace those that this caller offered before; with none, its page is taken for gone. */
  offerTools(callerId: string, tools: readonly ClientTool[]): void {
    this.#desk.offer(callerId, tools);
  }

  toolResult(callerId: string, result: ClientToolResult): void {
    this.#desk.result(callerId, result);
  }

  #dispatch(event: TurnEvent): void {
    if (event.type === 'speech-start') this.#courtesy.hush();
    if (event.type === 'reply-ended') void this.#courtesy.prepare();
    const { next, effects } = step(this.#machine, event);
    this.#machine = next;
    for (const effect of effects) this.#perform(effect);
    this.#showState();
  }

  #perform(effect: TurnEffect): void {
    switch (effect.do) {
      case 'open-turn':
        this.#answering.opened();
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
      case 'keep-turn':
        this.#listening.takeTurn(effect.turn);
        this.#remember(effect.turn);
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
    const words = this.#listening.words(turn);
    this.#speaking.history.setUser(
      turn,
      words.map(({ callerId, text }) => ({ text, name: this.#answering.name(callerId) })),
    );
  }

  #language(turn: number): string | undefined {
    return this.#options.settings.language ?? this.#listening.language(turn);
  }

  #showState(): void {
    const shown = this.#present ? shownState(this.#machine.state) : 'idle';
    if (shown === this.#shownState) return;
    this.#shownState = shown;
    this.#options.emit({ type: 'agent-state', state: shown });
  }
}
