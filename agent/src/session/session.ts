import type {
  AddedMessage,
  AgentState,
  ClientTool,
  ClientToolResult,
  ConversationNews,
  LlmProvider,
  Mouth,
  Past,
  SayOrder,
  SessionEvent,
  SessionSettings,
  SpeechSettings,
  TtsProvider,
  TurnDetector,
} from '../contracts/index.ts';
import type { Clock, Scope } from '../kernel/index.ts';
import { KeptPhrases, Summariser } from '../reply/index.ts';
import type { ToolLog, ToolSource } from '../tools/index.ts';
import type { TurnEvent } from '../turns/index.ts';
import { Absence } from './absence.ts';
import { Answering } from './answering.ts';
import { Courtesy } from './courtesy.ts';
import { Floor } from './floor.ts';
import type { Listener, ListenerHandlers } from './listener.ts';
import { Listening } from './listening.ts';
import { OwnWordsQueue } from './own-words-queue.ts';
import { Patience, type PatienceOptions } from './patience.ts';
import { phrase } from './phrases.ts';
import { shownState } from './shown-state.ts';
import { Speaking } from './speaking.ts';
import { firstWords } from './taking-up.ts';
import { ToolDesk } from './tool-desk.ts';

/** Between the last packet of a good-bye and the end of the call, beside what loudspeakers are behind, in ms. */
const LAST_WORDS_MS = 300;

export interface SessionOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  /** Tells by ear whether a turn is over; absent: words and pauses do. */
  readonly turnDetector?: TurnDetector;
  /** Tools that this conversation shares with others. */
  readonly tools?: Pick<ToolSource, 'tools'>;
  readonly settings: SessionSettings;
  readonly log?: ToolLog;
  readonly emit: (event: SessionEvent) => void;
  /** Step by step, for lines that show it so. */
  readonly onNews?: (news: ConversationNews) => void;
}

/** One conversation: its parts put together, and its door. */
export class Session {
  readonly #options: SessionOptions;
  readonly #floor: Floor;
  readonly #listening: Listening;
  readonly #speaking: Speaking;
  readonly #answering: Answering;
  readonly #courtesy: Courtesy;
  readonly #desk: ToolDesk;
  readonly #patience: Patience;
  readonly #ownWords: OwnWordsQueue;
  readonly #absence: Absence;
  readonly #playoutMs = new Map<string, number>();
  #speech: SpeechSettings;
  #shownState: AgentState = 'idle';
  #present = false;
  /** Resolves when what the agent says of its own accord has been said, or could not be. */
  #saying: PromiseWithResolvers<void> | undefined;

  constructor(given: SessionOptions) {
    this.#absence = new Absence({
      ...given,
      onNobody: () => this.#patience.empty(),
      onSomebody: () => this.#present && this.#patience.present(),
    });
    const options = { ...given, mouth: this.#absence.mouth };
    this.#options = options;
    const { prosody, voices } = options.settings;
    this.#speech = { prosody, ...(voices ? { voices } : {}) };
    const speech = (): SpeechSettings => this.#speech;
    const { emit, clock, settings, scope } = options;
    const dispatch = (event: TurnEvent): void => this.#floor.dispatch(event);
    const tts = options.tts instanceof KeptPhrases ? options.tts : new KeptPhrases(options.tts);
    this.#answering = new Answering(settings, clock);
    this.#floor = new Floor({
      ...options,
      answering: this.#answering,
      listening: () => this.#listening,
      speaking: () => this.#speaking,
      onEvent: (event) => this.#onEvent(event),
    });
    this.#courtesy = new Courtesy({
      ...options,
      tts,
      speech,
      language: (turn) => this.#floor.language(turn),
      say: (text) => this.say(text),
      filler: (calls) => this.#desk.filler(calls),
    });
    this.#listening = new Listening({
      clock,
      settings,
      emit,
      dispatch,
      turnState: () => this.#floor.state,
      ...(options.turnDetector ? { turnDetector: options.turnDetector } : {}),
      lastVoiceAt: () => options.mouth.lastVoiceAt,
      voiceBeganAt: () => this.#speaking.voiceBeganAt,
      remainingMs: () => this.#speaking.remainingMs,
      lastSaid: () => this.#speaking.lastSaid,
      onMaybeSpeech: (maybe) => this.#floor.maybeSpeech(maybe),
      onLateWords: (turn) => this.#floor.remember(turn),
      isForAgent: (words) => this.#answering.isForAgent(words),
      onStall: (turn, hasWords) => this.#courtesy.stalled(turn, hasWords),
      onUnrecognised: (turn) => this.#courtesy.unrecognised(turn),
    });
    this.#speaking = new Speaking({
      ...options,
      tts,
      speech,
      dispatch,
      playoutMs: () => this.#farthestMs,
      toolsFor: (turn) => this.#desk.forTurn(turn, this.#listening.words(turn).at(-1)?.callerId),
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
    this.#ownWords = new OwnWordsQueue({
      mayBegin: () => this.#present && this.#answering.callers > 0 && this.#floor.state.kind === 'idle',
      begin: (words) => this.#floor.say(words),
      onDropped: () => options.log?.('warn', 'too much is to be said: what has waited longest is left out'),
    });
    this.#patience = new Patience({
      scope,
      clock,
      settings,
      say: (what) => this.#sayToEnd(what),
      // The last words are still on their way to the ear.
      end: (reason) => clock.after(this.#farthestMs + LAST_WORDS_MS, () => emit({ type: 'ended', reason })),
    });
    scope.onClose(() => {
      this.#listening.close();
      this.#floor.dispatch({ type: 'close' });
    });
  }

  /** No more than so much of a reply's audio was heard, in ms. What is left of its words; undefined for one that is long past. */
  shorten(reply: number, heardMs: number): string | undefined {
    return this.#speaking.shorten(reply, heardMs);
  }

  /** What was said in this turn is forgotten. */
  unsay(turn: number, who: 'caller' | 'agent'): void {
    const { history } = this.#speaking;
    if (who === 'caller') history.setUser(turn, []);
    else history.setAssistant(turn, '');
  }

  /** Where listeners report to. */
  get ears(): ListenerHandlers {
    return this.#listening;
  }

  /** A caller hears the room: the first one is greeted, or told that the agent is there again. */
  callerPlaying(): void {
    const first = !this.#present;
    this.#present = true;
    this.#patience.present();
    if (!first) return;
    this.#showState();
    const { past } = this.#options.settings;
    if (past && past.owed !== 'greeting') this.#takeUp(past);
    else this.#courtesy.greet();
    this.#ownWords.next();
  }

  /** Somebody is there, and may be called by a name. */
  callerJoined(callerId: string, name?: string): void {
    this.#answering.joined(callerId, name);
    this.#absence.joined(callerId);
    if (this.#present) this.#patience.present();
    this.#ownWords.next();
  }

  /** The caller's connection is lost, and may come back. */
  callerAway(callerId: string): void {
    this.#playoutMs.delete(callerId);
    this.#absence.away(callerId);
  }

  /** The caller hears again, and has heard nothing for so long, in ms. */
  callerBack(callerId: string, unheardMs: number): void {
    this.#absence.back(callerId, unheardMs);
  }

  callerPlayout(callerId: string, delayMs: number): void {
    this.#playoutMs.set(callerId, delayMs);
  }

  /** Nobody is to be waited for but those who are there. */
  callerLeft(callerId: string): void {
    this.#playoutMs.delete(callerId);
    this.#answering.left(callerId);
    this.#absence.left(callerId);
    this.#desk.callerLeft(callerId);
    if (this.#answering.callers === 0) this.#patience.empty();
  }

  /** The agent speaks, and nobody over it. */
  get speaks(): boolean {
    return this.#floor.state.kind === 'speaking';
  }

  /** A sound begins on this line. */
  stirs(listener: Listener): void {
    this.#listening.stirs(listener);
  }

  /** No more will be heard by this ear. */
  earClosed(listener: Listener): void {
    this.#listening.left(listener);
  }

  /** Says a text if nobody has the floor. */
  say(text: string): void {
    this.#floor.say({ text });
  }

  /** Says exactly these words: as soon as nobody has the floor, or in place of what the agent is saying. */
  announce({ text, interrupt, addToHistory }: SayOrder): void {
    const words = { text, ...(addToHistory ? {} : ({ unrecorded: true } as const)) };
    if (!interrupt) {
      this.#ownWords.push(words);
      return;
    }
    this.#ownWords.putFirst(words);
    this.#floor.dispatch({ type: 'interrupt' });
    this.#ownWords.next();
  }

  /** What the LLM is told about its role, from the next answer on. */
  instruct(instructions: string): void {
    this.#speaking.instruct(instructions);
  }

  /** Puts a message into the conversation; `reply`: the turn being heard is to be answered, else the conversation. */
  addMessage(message: AddedMessage, { reply }: { reply: boolean }): void {
    this.#speaking.history.add(this.#floor.lastTurn, message);
    if (!reply) return;
    const { kind } = this.#floor.state;
    if (kind === 'hearing' || kind === 'deciding') this.#answering.ask();
    else this.#ownWords.push({});
  }

  /** Typed words join the turn that is being heard, or are a turn of their own. They are answered at once. */
  text(callerId: string, text: string): void {
    this.#floor.text(callerId, text);
  }

  /** From the next answer on. */
  speakAs(speech: SpeechSettings): void {
    this.#speech = speech;
  }

  /** From the next answer on, answers are written and not spoken, or spoken again. */
  write(on: boolean): void {
    this.#speaking.write(on);
  }

  /** What was still to be announced is not said either. */
  interrupt(): void {
    this.#ownWords.clear();
    this.#floor.dispatch({ type: 'interrupt' });
  }

  /** A caller wants an answer: to the turn that is being heard when it is over, else now to what was said so far. */
  ask(callerId: string): void {
    if (this.#floor.state.kind === 'idle') this.text(callerId, '');
    else this.#answering.ask();
  }

  /** They replace those that this caller offered before. */
  offerTools(callerId: string, tools: readonly ClientTool[]): void {
    this.#desk.offer(callerId, tools);
  }

  toolResult(callerId: string, result: ClientToolResult): void {
    this.#desk.result(callerId, result);
  }

  /** Goes on where another session was lost; whoever has the floor already is not talked over. */
  #takeUp(past: Past): void {
    if (this.#floor.state.kind !== 'idle') return;
    this.#floor.say(firstWords(past, this.#options.settings.language));
    if (past.owed === 'answer') this.#ownWords.push({});
  }

  /** How far the slowest loudspeaker is behind, in ms. */
  get #farthestMs(): number {
    return Math.max(0, ...this.#playoutMs.values());
  }

  #onEvent(event: TurnEvent): void {
    if (event.type === 'speech-start') this.#courtesy.hush();
    if (event.type === 'reply-ended') void this.#courtesy.prepare();
    this.#beMindful(event);
    this.#showState();
    // Not at once: an apology for what has just failed goes before.
    queueMicrotask(() => this.#ownWords.next());
  }

  /** Who is silent, and for how long. */
  #beMindful(event: TurnEvent): void {
    const { state } = this.#floor;
    const words = event.type === 'turn-complete' && event.hasWords;
    if (words || event.type === 'text' || event.type === 'floor-taken') this.#patience.activity('caller');
    if (event.type === 'reply-ended') this.#patience.activity('agent');
    this.#patience.busy(state.kind !== 'idle');
    if (!('reply' in state)) this.#saying?.resolve();
  }

  #sayToEnd(what: Parameters<PatienceOptions['say']>[0]): Promise<void> {
    // The end has waited long enough for whatever the agent is saying.
    if (what === 'goodbye-time-limit') this.interrupt();
    const saying = Promise.withResolvers<void>();
    this.#saying?.resolve();
    this.#saying = saying;
    this.say(phrase(what, this.#options.settings.language));
    return saying.promise;
  }

  #showState(): void {
    const shown = this.#present ? shownState(this.#floor.state) : 'idle';
    if (shown === this.#shownState) return;
    this.#shownState = shown;
    this.#options.emit({ type: 'agent-state', state: shown });
  }
}
