import {
  type ChatMessage,
  durationMs,
  type LlmProvider,
  type Mouth,
  type Prosody,
  ProviderError,
  type Speech,
  type TtsProvider,
} from '../contracts/index.ts';
import { abortable, Channel, type Clock, isAbort, raceAbort, type Scope, sleep } from '../kernel/index.ts';
import { ClauseCutter, speakable } from './clauses.ts';
import { HeardLedger } from './heard-ledger.ts';
import { languageOf } from './language.ts';

/** Clauses that the LLM may be ahead of the voice; an answer longer than that fails rather than grow without end. */
const MAX_CLAUSES_AHEAD = 2000;
const CAPTION_INTERVAL_MS = 100;

export interface ReplyOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  readonly prosody: Prosody;
  /** BCP 47 of the conversation, where it is known. */
  readonly language?: string;
  /** The conversation to answer, or a text to say as it is. */
  readonly source: readonly ChatMessage[] | string;
  /** Nothing is heard before this: the reply is prepared on a guess. Its first audio waits, ready. */
  readonly until?: Promise<void>;
  /** How far the listeners' loudspeakers are behind the packets that leave, in ms. */
  readonly playoutMs: () => number;
  /** The first packet left. */
  readonly onFirstAudio: () => void;
  /** What has been heard so far, whenever that changes. */
  readonly onHeard: (text: string) => void;
}

/** Clock's ms of what happened; absent where it did not. */
export interface ReplyTimes {
  readonly startedAt: number;
  firstTokenAt?: number;
  firstClauseAt?: number;
  firstAudioAt?: number;
  firstPacketAt?: number;
}

export interface ReplyOutcome {
  readonly status: 'done' | 'cut' | 'failed';
  /** The words that were heard; all of them when it is done. */
  readonly heard: string;
  readonly error?: ProviderError;
}

/** One answer on its way from the LLM through the TTS to the mouth, streaming at every stage. */
export class Reply {
  readonly #options: ReplyOptions;
  readonly #ledger = new HeardLedger();
  readonly times: ReplyTimes;
  #speech: Speech | undefined;
  #shown = '';
  #complete = false;

  constructor(options: ReplyOptions) {
    this.#options = options;
    this.times = { startedAt: options.clock.now() };
  }

  /** Never rejects for what providers do; a cut is an outcome, not an error. */
  async run(): Promise<ReplyOutcome> {
    const { scope } = this.#options;
    const captions = scope.child('captions');
    void this.#caption(captions.signal);
    try {
      const clauses = new Channel<string>({ capacity: MAX_CLAUSES_AHEAD, overflow: 'fail' });
      const writing = this.#write(clauses);
      writing.catch(() => {});
      // Speaking goes first: what was written before the LLM failed is still worth saying.
      await this.#speak(clauses);
      await writing;
      scope.signal.throwIfAborted();
      return this.#outcome('done', this.#ledger.text);
    } catch (error) {
      if (scope.closed || isAbort(error)) return this.#outcome('cut', this.heard);
      return { ...this.#outcome('failed', this.heard), error: asProviderError(error) };
    } finally {
      await captions.close('done');
    }
  }

  /** The words that are complete at the listeners' ears by now. */
  get heard(): string {
    return this.#ledger.heard((this.#speech?.playedMs ?? 0) - this.#options.playoutMs()).trim();
  }

  /** Audio that is yet to be heard, in ms; infinite while more may come. */
  get remainingMs(): number {
    return this.#complete ? this.#ledger.totalMs - (this.#speech?.playedMs ?? 0) : Number.POSITIVE_INFINITY;
  }

  #outcome(status: ReplyOutcome['status'], heard: string): ReplyOutcome {
    return { status, heard: heard.trim() };
  }

  /** LLM -> clauses. */
  async #write(clauses: Channel<string>): Promise<void> {
    const { source, llm, scope, language } = this.#options;
    const cutter = new ClauseCutter();
    const give = (complete: string[]): void => {
      if (complete.length > 0) this.times.firstClauseAt ??= this.#options.clock.now();
      for (const clause of complete) clauses.push(clause);
    };
    try {
      if (typeof source === 'string') give(cutter.push(source));
      else {
        for await (const chunk of abortable(llm.reply(source, { signal: scope.signal, language }), scope.signal)) {
          if (chunk.kind !== 'text' || chunk.delta === '') continue;
          this.times.firstTokenAt ??= this.#options.clock.now();
          give(cutter.push(chunk.delta));
        }
      }
    } finally {
      give(cutter.flush());
      clauses.end();
    }
  }

  /** Clauses -> TTS -> mouth. */
  async #speak(clauses: Channel<string>): Promise<void> {
    const { signal } = this.#options.scope;
    for await (const clause of abortable(clauses, signal)) {
      const text = speakable(clause);
      this.#ledger.open(clause);
      if (text !== '') await this.#speakClause(text);
      this.#ledger.close();
    }
    this.#complete = true;
    await this.#speech?.end();
  }

  async #speakClause(text: string): Promise<void> {
    const { tts, prosody, scope, language, clock, until } = this.#options;
    const options = { ...prosody, language: languageOf(text) ?? prosody.language ?? language, signal: scope.signal };
    for await (const chunk of abortable(tts.speak(text, options), scope.signal)) {
      if (chunk.kind === 'word') {
        this.#ledger.addWord(chunk.text, chunk.atMs);
        continue;
      }
      this.times.firstAudioAt ??= clock.now();
      this.#ledger.addAudio(durationMs(chunk.samples.length, tts.rate));
      if (until) await raceAbort(until, scope.signal);
      await this.#open().write(chunk.samples);
    }
  }

  #open(): Speech {
    this.#speech ??= this.#options.mouth.speak({
      rate: this.#options.tts.rate,
      signal: this.#options.scope.signal,
      onFirstPacket: (at) => {
        this.times.firstPacketAt = at;
        this.#options.onFirstAudio();
      },
    });
    return this.#speech;
  }

  async #caption(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await sleep(this.#options.clock, CAPTION_INTERVAL_MS, signal);
        const { heard } = this;
        if (heard === this.#shown) continue;
        this.#shown = heard;
        this.#options.onHeard(heard);
      }
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }
}

const asProviderError = (error: unknown): ProviderError =>
  error instanceof ProviderError
    ? error
    : ProviderError.unavailable('llm', error instanceof Error ? error.message : String(error), { cause: error });
