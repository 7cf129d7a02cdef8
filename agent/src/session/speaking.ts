import type {
  ConversationNews,
  LlmProvider,
  Mouth,
  ProviderError,
  SessionEvent,
  SessionSettings,
  SpeechSettings,
  TtsProvider,
  TurnFigures,
} from '../contracts/index.ts';
import type { Clock, Scope } from '../kernel/index.ts';
import {
  type Bridge,
  chime,
  emotionInstructions,
  History,
  Reply,
  type ReplyOutcome,
  type ReplyTools,
  WrittenReply,
} from '../reply/index.ts';
import type { TurnEvent } from '../turns/index.ts';
import { type HeardTimes, turnFigures } from './figures.ts';

const REPLIES_KEPT = 8;

export interface SpeakingOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  readonly settings: SessionSettings;
  /** How to speak from now on. */
  readonly speech: () => SpeechSettings;
  readonly emit: (event: SessionEvent) => void;
  readonly dispatch: (event: TurnEvent) => void;
  readonly onNews?: (news: ConversationNews) => void;
  /** How far the listeners' loudspeakers are behind the packets that leave, in ms. */
  readonly playoutMs: () => number;
  /** The tools of a turn's answer. */
  readonly toolsFor: (turn: number) => ReplyTools;
  readonly bridgeFor: (turn: number) => Bridge;
  /** An engine failed, and this turn has no answer. */
  readonly onNoAnswer: (turn: number) => void;
  /** A turn's answer is over, heard to the end or cut; not for what was said of its own accord. */
  readonly onAnswered: (turn: number) => void;
}

export interface ReplyOrder {
  readonly turn: number;
  readonly reply: number;
  /** A text to say as it is; absent to answer the conversation. */
  readonly say?: string;
  /** The history is not to know of it. */
  readonly unrecorded?: true;
  readonly language?: string;
  /** The turn may not be over: nothing is heard before `adopt`. */
  readonly guess?: boolean;
}

interface Active {
  readonly order: ReplyOrder;
  readonly scope: Scope;
  readonly reply: Reply | WrittenReply;
  /** Resolves when the reply may be heard. */
  readonly release: PromiseWithResolvers<void>;
  /** Clock's ms at which it was allowed to be heard; undefined for a guess. */
  adoptedAt?: number;
  /** When the turn was heard; undefined for a typed one. */
  heard?: HeardTimes;
  figures: TurnFigures;
}

/** The speaking half of a conversation: at most one reply at a time, and the history of what was said and heard. */
export class Speaking {
  readonly history: History;
  readonly #options: SpeakingOptions;
  #active: Active | undefined;
  /** The latest that are over: of which less may have been heard than was sent. The oldest goes first. */
  readonly #past: Active[] = [];
  #lastSaid = '';
  #writes = false;

  constructor(options: SpeakingOptions) {
    this.#options = options;
    const { instructions, contextTokens, past } = options.settings;
    this.history = new History({ instructions: this.#withTags(instructions), budgetTokens: contextTokens });
    for (const turn of past?.said ?? []) this.history.recall(turn);
  }

  /** What the LLM is told about its role, from the next answer on. */
  instruct(instructions: string): void {
    this.history.instruct(this.#withTags(instructions));
  }

  /** From the next answer on, answers are written and not spoken, or spoken again. */
  write(on: boolean): void {
    this.#writes = on;
  }

  /** Of the reply under way, or of one that is about to start. */
  isWritten(reply: number): boolean {
    const active = this.#active;
    return active?.order.reply === reply ? active.reply instanceof WrittenReply : this.#writes;
  }

  /** `heard`: when the turn was heard, if it was. */
  start(order: ReplyOrder, heard?: HeardTimes): void {
    const { clock, mouth, llm, tts, settings, speech, playoutMs, dispatch, toolsFor, bridgeFor, onNews } =
      this.#options;
    const release = Promise.withResolvers<void>();
    const scope = this.#options.scope.child(`reply-${order.reply}`);
    const telling = (tools: ReplyTools): ReplyTools => ({
      specs: () => tools.specs(),
      run: (calls, signal) => {
        onNews?.({ kind: 'tools-called', reply: order.reply, announced: reply.announced });
        return tools.run(calls, signal);
      },
    });
    const onBegun = (): void => {
      dispatch({ type: 'first-audio', reply: order.reply });
      if (order.say === undefined) this.#measure(active, turnFigures(active.heard, reply.times, active.adoptedAt));
    };
    const shared = {
      scope,
      clock,
      mouth,
      llm,
      inlineEmotions: settings.inlineEmotions,
      ...(order.language ? { language: order.language } : {}),
      source: order.say ?? this.history.messages(),
      ...(order.say === undefined ? { tools: telling(toolsFor(order.turn)) } : {}),
      ...(order.guess ? { until: release.promise } : {}),
      onHeard: (text: string) => this.#show(order, text, { final: false, interrupted: false }),
    };
    const onText = (text: string): void => onNews?.({ kind: 'wrote', reply: order.reply, text });
    const reply: Reply | WrittenReply = this.#writes
      ? new WrittenReply({ ...shared, onText, onFirstText: onBegun })
      : new Reply({ ...shared, ...speech(), tts, playoutMs, bridge: bridgeFor(order.turn), onFirstAudio: onBegun });
    const active: Active = { order, scope, reply, release, figures: {}, ...(heard ? { heard } : {}) };
    this.#active = active;
    void reply.run().then((outcome) => this.#end(active, outcome));
  }

  /** Clock's ms at which listeners first heard the reply under way; undefined where they have not. */
  get voiceBeganAt(): number | undefined {
    const at = this.#active?.reply.times.firstPacketAt;
    return at === undefined ? undefined : at + this.#options.playoutMs();
  }

  /** What is left to say of the reply under way, in ms; infinite while that is not known. */
  get remainingMs(): number {
    return this.#active?.reply.remainingMs ?? 0;
  }

  /** What was heard of the reply under way, or of the last one. */
  get lastSaid(): string {
    return this.#active?.reply.saying || this.#lastSaid;
  }

  /** The turn is over as it was guessed: the reply may be heard. */
  adopt(reply: number, heard?: HeardTimes): void {
    const active = this.#active;
    if (active?.order.reply !== reply) return;
    active.adoptedAt = this.#options.clock.now();
    if (heard) active.heard = heard;
    active.release.resolve();
  }

  /**
   * Silences the reply at once. What was heard of it is settled here, before anything that follows reads the history.
   * `overlapAt`: clock's ms of the onset of the speech that cut it, if speech did.
   */
  cancel(reason: 'barge-in' | 'superseded', overlapAt?: number): void {
    const active = this.#active;
    if (!active) return;
    this.#active = undefined;
    void active.scope.close(reason);
    const { order, reply } = active;
    this.#countGuess(active);
    // A guess that nobody has heard leaves no trace.
    if (order.guess && active.adoptedAt === undefined) return;
    this.#record(order, reply.heard);
    this.#show(order, reply.shown, { final: true, interrupted: true });
    this.#tellOver(active, 'cut', reply.heard);
    // Taken back before it was heard: the same turn goes on.
    if (order.say === undefined && reason === 'barge-in') this.#options.onAnswered(order.turn);
    if (overlapAt === undefined || reply.times.firstPacketAt === undefined) return;
    this.#measure(active, { barge_in_stop: Math.max(0, this.#options.mouth.lastVoiceAt - overlapAt) });
  }

  #end(active: Active, outcome: ReplyOutcome): void {
    if (outcome.status === 'cut') return;
    const { order, scope } = active;
    void scope.close(outcome.status);
    if (this.#active === active) this.#active = undefined;
    this.#countGuess(active);
    if (order.guess && active.adoptedAt === undefined) {
      // It failed before the turn was over: the turn itself will be answered, or fail, for all to see.
      this.#options.dispatch({ type: 'reply-ended', reply: order.reply });
      return;
    }
    this.#record(order, outcome.heard);
    this.#show(order, outcome.shown, { final: true, interrupted: outcome.status === 'failed' });
    this.#tellOver(active, outcome.status, outcome.heard);
    this.#options.dispatch({ type: 'reply-ended', reply: order.reply });
    if (outcome.error) this.#tellFailure(active, outcome.error);
    else if (order.say === undefined) this.#options.onAnswered(order.turn);
  }

  /** No more than so much of its audio was heard, in ms. What is left of its words; undefined for one that is long past. */
  shorten(number: number, heardMs: number): string | undefined {
    const known = this.#past.find(({ order }) => order.reply === number);
    if (!known) return undefined;
    const text = known.reply.heardAfter(heardMs);
    this.#record(known.order, text);
    const { turn, reply, unrecorded } = known.order;
    const kept = unrecorded ? ({ unrecorded } as const) : {};
    const closing = { final: true, interrupted: true, corrected: true, ...kept } as const;
    this.#options.emit({ type: 'reply-text', turn, reply, text, ...closing });
    return text;
  }

  #tellOver(active: Active, status: 'done' | 'cut' | 'failed', text: string): void {
    this.#past.push(active);
    if (this.#past.length > REPLIES_KEPT) this.#past.shift();
    this.#options.onNews?.({ kind: 'reply-over', reply: active.order.reply, status, text });
  }

  #record({ turn, unrecorded }: ReplyOrder, heard: string): void {
    if (!unrecorded) this.history.setAssistant(turn, heard);
  }

  /** With what the LLM must know to set emotions. */
  #withTags(instructions: string): string {
    const { settings, tts } = this.#options;
    const tags = settings.inlineEmotions ? emotionInstructions(tts.emotions) : '';
    return [instructions, tags].filter((part) => part !== '').join('\n\n');
  }

  #tellFailure({ order, reply }: Active, { stage, message, retryable }: ProviderError): void {
    const { emit, onNoAnswer } = this.#options;
    emit({ type: 'error', code: 'engine-failed', stage, message, retryable });
    if (order.say === undefined) onNoAnswer(order.turn);
    else if (reply instanceof Reply) this.#chime();
  }

  /** Not even words of its own could be said. */
  #chime(): void {
    const { mouth, tts, scope } = this.#options;
    const speech = mouth.speak({ rate: tts.rate, signal: scope.signal });
    // Cut with the session, or played.
    void speech
      .write(chime(tts.rate))
      .then(() => speech.end())
      .catch(() => {});
  }

  #countGuess({ order, adoptedAt, reply }: Active): void {
    if (!order.guess) return;
    const outcome = adoptedAt === undefined ? 'dropped' : 'adopted';
    this.#options.emit({ type: 'speculation', outcome, tokens: reply.tokens });
  }

  #show(
    { turn, reply, unrecorded }: ReplyOrder,
    text: string,
    closing: { final: boolean; interrupted: boolean },
  ): void {
    this.#lastSaid = text;
    const kept = unrecorded ? ({ unrecorded } as const) : {};
    this.#options.emit({ type: 'reply-text', turn, reply, text, ...closing, ...kept });
  }

  #measure(active: Active, figures: TurnFigures): void {
    active.figures = { ...active.figures, ...figures };
    this.#options.emit({ type: 'turn-metrics', turn: active.order.turn, figures: active.figures });
  }
}
