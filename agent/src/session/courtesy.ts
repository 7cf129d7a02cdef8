import type {
  LlmProvider,
  Mouth,
  SessionEvent,
  SessionSettings,
  SpeechSettings,
  ToolCall,
} from '../contracts/index.ts';
import { type Clock, isAbort, type Scope } from '../kernel/index.ts';
import { type Bridge, bridgeAudio, type KeptPhrases, mannerFor, piecesOf } from '../reply/index.ts';
import { type Phrase, phrase } from './phrases.ts';

export interface CourtesyOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: KeptPhrases;
  readonly settings: SessionSettings;
  /** How to speak from now on. */
  readonly speech: () => SpeechSettings;
  readonly emit: (event: SessionEvent) => void;
  /** Of a turn; BCP 47. */
  readonly language: (turn: number) => string | undefined;
  readonly say: (text: string) => void;
  /** What a tool wants said while it runs long. */
  readonly filler: (calls: readonly ToolCall[]) => string | undefined;
}

/** Kept at hand for when the engines fail. */
const NEEDED: readonly Phrase[] = ['apology', 'unrecognised', 'lost-thread'];

/** What the agent says of its own accord, so that a caller is never left in silence. */
export class Courtesy {
  readonly #options: CourtesyOptions;
  /** The bridge over a recogniser that is stuck; cut when somebody speaks. */
  #bridging: Scope | undefined;
  #preparedAs: SpeechSettings | undefined;

  constructor(options: CourtesyOptions) {
    this.#options = options;
  }

  greet(): void {
    const { settings, llm, say } = this.#options;
    const { language } = settings;
    const greeting = settings.greeting ?? llm.opening?.(language) ?? phrase('welcome', language);
    if (greeting !== '') say(greeting);
    else void this.prepare();
  }

  /**
   * Has the phrases spoken that must be there when nothing else is: when the voice is free for the first time, or has
   * been chosen anew. They are kept for all calls of this voice.
   */
  async prepare(): Promise<void> {
    const { tts, settings, scope } = this.#options;
    const { language } = settings;
    const speech = this.#options.speech();
    if (settings.silenceWatchdogMs === 0 || this.#preparedAs === speech) return;
    this.#preparedAs = speech;
    // A bridge is spoken whole, the others as answers are.
    const needed = [phrase('moment', language), ...NEEDED.flatMap((what) => piecesOf(phrase(what, language)))];
    for (const text of needed)
      await tts.keep(text, { ...mannerFor(text, { ...speech, language }), signal: scope.signal });
  }

  bridgeFor(turn: number): Bridge {
    const { settings, filler } = this.#options;
    return {
      silenceMs: settings.silenceWatchdogMs,
      toolMs: settings.toolFillerMs,
      words: (calls) => filler(calls) ?? this.#phrase('moment', turn),
      onSilence: (stage) => this.#options.emit({ type: 'incident', incident: 'silence', stage }),
    };
  }

  noAnswer(turn: number): void {
    this.#options.say(this.#phrase('apology', turn));
  }

  unrecognised(turn: number): void {
    this.#options.say(this.#phrase('unrecognised', turn));
  }

  /** The caller has finished, and the recogniser has not; `hasWords`: those that it gave are answered now. */
  stalled(turn: number, hasWords: boolean): void {
    this.#options.emit({ type: 'incident', incident: 'silence', stage: 'asr' });
    if (!hasWords) void this.#bridge(this.#phrase('moment', turn));
  }

  /** Somebody speaks. */
  hush(): void {
    void this.#bridging?.close('barge-in');
    this.#bridging = undefined;
  }

  async #bridge(words: string): Promise<void> {
    const { tts, settings, clock, mouth, speech } = this.#options;
    const prosody = mannerFor(words, { ...speech(), language: settings.language });
    const scope = this.#options.scope.child('bridge');
    this.#bridging = scope;
    const { signal } = scope;
    try {
      const { samples } = await bridgeAudio(words, { tts, prosody, clock, signal });
      const said = mouth.speak({ rate: tts.rate, signal });
      await said.write(samples);
      await said.end();
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      await scope.close('done');
    }
  }

  #phrase(what: Phrase, turn: number): string {
    return phrase(what, this.#options.language(turn));
  }
}
