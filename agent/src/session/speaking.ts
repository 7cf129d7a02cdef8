import type {
  LlmProvider,
  Mouth,
  SessionEvent,
  SessionSettings,
  TtsProvider,
  TurnFigures,
} from '../contracts/index.ts';
import type { Clock, Scope } from '../kernel/index.ts';
import { History, Reply, type ReplyOutcome } from '../reply/index.ts';
import type { TurnEvent } from '../turns/index.ts';
import { type HeardTimes, turnFigures } from './figures.ts';

export interface SpeakingOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  readonly settings: SessionSettings;
  readonly emit: (event: SessionEvent) => void;
  readonly dispatch: (event: TurnEvent) => void;
  /** How far the listeners' loudspeakers are behind the packets that leave, in ms. */
  readonly playoutMs: () => number;
  /** The LLM could not answer this turn. */
  readonly onNoAnswer: (turn: number) => void;
}

export interface ReplyOrder {
  readonly turn: number;
  readonly reply: number;
  /** A text to say as it is; absent to answer the conversation. */
  readonly say?: string;
  readonly language?: string;
  /** When the turn was heard; undefined for a typed one. */
  readonly heard?: HeardTimes;
}

interface Active {
  readonly order: ReplyOrder;
  readonly scope: Scope;
  readonly reply: Reply;
  figures: TurnFigures;
}

/** The speaking half of a conversation: at most one reply at a time, and the history of what was said and heard. */
export class Speaking {
  readonly history: History;
  readonly #options: SpeakingOptions;
  #active: Active | undefined;

  constructor(options: SpeakingOptions) {
    this.#options = options;
    const { instructions, contextTokens } = options.settings;
    this.history = new History({ instructions, budgetTokens: contextTokens });
  }

  start(order: ReplyOrder): void {
    const { clock, mouth, llm, tts, settings, playoutMs, dispatch } = this.#options;
    const scope = this.#options.scope.child(`reply-${order.reply}`);
    const reply = new Reply({
      scope,
      clock,
      mouth,
      llm,
      tts,
      prosody: settings.prosody,
      ...(order.language ? { language: order.language } : {}),
      source: order.say ?? this.history.messages(),
      playoutMs,
      onFirstAudio: () => {
        dispatch({ type: 'first-audio', reply: order.reply });
        if (order.say === undefined) this.#measure(active, turnFigures(order.heard, reply.times));
      },
      onHeard: (text) => this.#show(order, text, { final: false, interrupted: false }),
    });
    const active: Active = { order, scope, reply, figures: {} };
    this.#active = active;
    void reply.run().then((outcome) => this.#end(active, outcome));
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
    const { heard } = reply;
    this.history.setAssistant(order.turn, heard);
    this.#show(order, heard, { final: true, interrupted: true });
    if (overlapAt === undefined || reply.times.firstPacketAt === undefined) return;
    this.#measure(active, { barge_in_stop: Math.max(0, this.#options.mouth.lastVoiceAt - overlapAt) });
  }

  #end(active: Active, outcome: ReplyOutcome): void {
    if (outcome.status === 'cut') return;
    const { order, scope } = active;
    void scope.close(outcome.status);
    if (this.#active === active) this.#active = undefined;
    this.history.setAssistant(order.turn, outcome.heard);
    this.#show(order, outcome.heard, { final: true, interrupted: outcome.status === 'failed' });
    this.#options.dispatch({ type: 'reply-ended', reply: order.reply });
    if (!outcome.error) return;
    const { stage, message, retryable } = outcome.error;
    this.#options.emit({ type: 'error', code: 'engine-failed', stage, message, retryable });
    if (stage === 'llm' && order.say === undefined) this.#options.onNoAnswer(order.turn);
  }

  #show({ turn, reply }: ReplyOrder, text: string, closing: { final: boolean; interrupted: boolean }): void {
    this.#options.emit({ type: 'reply-text', turn, reply, text, ...closing });
  }

  #measure(active: Active, figures: TurnFigures): void {
    active.figures = { ...active.figures, ...figures };
    this.#options.emit({ type: 'turn-metrics', turn: active.order.turn, figures: active.figures });
  }
}
