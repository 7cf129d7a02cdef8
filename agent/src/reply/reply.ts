import {
  type ChatMessage,
  durationMs,
  FRAME_MS,
  type LlmProvider,
  type Mouth,
  type Prosody,
  ProviderError,
  type Speech,
  type TtsProvider,
  type VoicesByLanguage,
} from '../contracts/index.ts';
import { abortable, Channel, type Clock, isAbort, raceAbort, type Scope, sleep } from '../kernel/index.ts';
import { type Bridge, bridgeAudio, SilenceWatch } from './bridge.ts';
import { speakable } from './clauses.ts';
import type { Toned } from './emotion-tags.ts';
import { HeardLedger } from './heard-ledger.ts';
import { mannerFor } from './manner.ts';
import { type ReplyTimes, type ReplyTools, Writer } from './writer.ts';

/** Clauses that the LLM may be ahead of the voice; an answer longer than that fails rather than grow without end. */
const MAX_CLAUSES_AHEAD = 2000;
const SOON_MS = 1000;
/** How often captions and silence are looked at, in ms. */
const LOOK_INTERVAL_MS = 100;

export interface ReplyOptions {
  readonly scope: Scope;
  readonly clock: Clock;
  readonly mouth: Mouth;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  readonly prosody: Prosody;
  /** They go before the prosody's voice. */
  readonly voices?: VoicesByLanguage;
  /** Tags in the text set the emotion, and are not heard. */
  readonly inlineEmotions?: boolean;
  /** BCP 47 of the conversation, where it is known. */
  readonly language?: string;
  /** The conversation to answer, or a text to say as it is. */
  readonly source: readonly ChatMessage[] | string;
  /** Nothing is heard before this: the reply is prepared on a guess. Its first audio waits, ready. */
  readonly until?: Promise<void>;
  readonly tools?: ReplyTools;
  /** Absent: silence is not bridged. */
  readonly bridge?: Bridge;
  /** How far the listeners' loudspeakers are behind the packets that leave, in ms. */
  readonly playoutMs: () => number;
  /** The first packet left. */
  readonly onFirstAudio: () => void;
  /** What has been heard so far, with what bridged a silence, whenever that changes. */
  readonly onHeard: (text: string) => void;
}

export interface ReplyOutcome {
  readonly status: 'done' | 'cut' | 'failed';
  /** The words of the answer that were heard; all of them when it is done. */
  readonly heard: string;
  /** The same with what bridged a silence, as captions show it. */
  readonly shown: string;
  readonly error?: ProviderError;
}

/** One answer on its way from the LLM through the TTS to the mouth, streaming at every stage. */
export class Reply {
  readonly #options: ReplyOptions;
  readonly #ledger = new HeardLedger();
  readonly #writer: Writer;
  readonly #silence: SilenceWatch;
  readonly times: ReplyTimes;
  #speech: Speech | undefined;
  #shown = '';
  #released: boolean;
  #complete = false;
  /** A clause is with the TTS. */
  #voicing = false;
  /** Chunks of the answer's audio so far. */
  #chunks = 0;

  constructor(options: ReplyOptions) {
    const { clock, scope, until } = options;
    this.#options = options;
    this.times = { startedAt: clock.now() };
    this.#writer = new Writer({ ...options, signal: scope.signal, times: this.times });
    this.#silence = new SilenceWatch(clock.now());
    this.#released = until === undefined;
    void until?.then(() => {
      this.#released = true;
    });
  }

  /** Never rejects for what providers do; a cut is an outcome, not an error. */
  async run(): Promise<ReplyOutcome> {
    const { scope } = this.#options;
    const looking = scope.child('captions');
    void this.#look(looking.signal);
    try {
      const clauses = new Channel<Toned>({ capacity: MAX_CLAUSES_AHEAD, overflow: 'fail' });
      const writing = this.#writer.write(clauses);
      writing.catch(() => {});
      // Speaking goes first: what was written before the LLM failed is still worth saying.
      await this.#speak(clauses);
      await writing;
      scope.signal.throwIfAborted();
      return this.#outcome('done', Number.POSITIVE_INFINITY);
    } catch (error) {
      if (scope.closed || isAbort(error)) return this.#outcome('cut', this.#atEarsMs);
      return { ...this.#outcome('failed', this.#atEarsMs), error: asProviderError(error) };
    } finally {
      await looking.close('done');
    }
  }

  /** The words that are complete at the listeners' ears by now. */
  get heard(): string {
    return this.#ledger.heard(this.#atEarsMs).trim();
  }

  /** The words that were heard if no more than so much of the audio was, in ms. */
  heardAfter(ms: number): string {
    return this.#ledger.heard(Math.min(ms, this.#speech?.playedMs ?? 0)).trim();
  }

  /** The same with what bridged a silence. */
  get shown(): string {
    return this.#ledger.shown(this.#atEarsMs).trim();
  }

  /** The same with the words of the next second: where they are in the audio is known by estimate only. */
  get saying(): string {
    return this.#ledger.shown(this.#atEarsMs + SOON_MS).trim();
  }

  /** It has said something before the tools that it waits for. */
  get announced(): boolean {
    return this.#writer.waiting.announced;
  }

  /** Tokens that it has cost so far. */
  get tokens(): number {
    return this.#writer.tokens;
  }

  /** Audio that is yet to be heard, in ms; infinite while more may come. */
  get remainingMs(): number {
    return this.#complete ? this.#ledger.totalMs - (this.#speech?.playedMs ?? 0) : Number.POSITIVE_INFINITY;
  }

  #outcome(status: ReplyOutcome['status'], atMs: number): ReplyOutcome {
    return { status, heard: this.#ledger.heard(atMs).trim(), shown: this.#ledger.shown(atMs).trim() };
  }

  /** What is on its way is heard though the voice rests. */
  get #atEarsMs(): number {
    const { clock, mouth, playoutMs } = this.#options;
    const onTheWayMs = Math.max(0, playoutMs() - (clock.now() - mouth.lastVoiceAt));
    return (this.#speech?.playedMs ?? 0) - onTheWayMs;
  }

  /** Clauses -> TTS -> mouth. */
  async #speak(clauses: Channel<Toned>): Promise<void> {
    const { signal } = this.#options.scope;
    for await (const clause of abortable(clauses, signal)) {
      const text = speakable(clause.text);
      this.#ledger.open(clause.text);
      if (text !== '') await this.#voice({ ...clause, text });
      this.#ledger.close();
    }
    this.#complete = true;
    await this.#speech?.end();
  }

  /** A clause that fails does not cut those before it. */
  async #voice(clause: Toned): Promise<void> {
    this.#voicing = true;
    try {
      await this.#speakClause(clause);
    } catch (error) {
      if (!isAbort(error)) await this.#speech?.end();
      throw error;
    } finally {
      this.#voicing = false;
    }
  }

  async #speakClause({ text, emotion }: Toned): Promise<void> {
    const { tts, scope, clock, until, mouth } = this.#options;
    const manner = { ...mannerFor(text, this.#options), ...(emotion && { emotion }) };
    const options = { ...manner, ...(mouth.takesOpus && { takesOpus: true }), signal: scope.signal };
    for await (const chunk of abortable(tts.speak(text, options), scope.signal)) {
      if (chunk.kind === 'word') {
        this.#ledger.addWord(chunk.text, chunk.atMs);
        continue;
      }
      this.times.firstAudioAt ??= clock.now();
      this.#chunks++;
      if (until) await raceAbort(until, scope.signal);
      this.#ledger.addAudio(chunk.kind === 'opus' ? FRAME_MS : durationMs(chunk.samples.length, tts.rate));
      if (chunk.kind === 'opus') await this.#open().writeOpus?.(chunk.packet, chunk.begins);
      else await this.#open().write(chunk.samples);
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

  async #look(signal: AbortSignal): Promise<void> {
    try {
      for (;;) {
        await sleep(this.#options.clock, LOOK_INTERVAL_MS, signal);
        const { shown } = this;
        if (shown !== this.#shown) this.#options.onHeard(shown);
        this.#shown = shown;
        this.#watchSilence();
      }
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }

  /** The caller waits and hears nothing: say why, or that it goes on. */
  #watchSilence(): void {
    const { bridge, clock, mouth } = this.#options;
    if (!bridge) return;
    const { calls, announced } = this.#writer.waiting;
    const inTools = calls.length > 0;
    const sooner = inTools && !announced && this.#silence.bridges === 0 && bridge.toolMs > 0;
    const limitMs = sooner ? bridge.toolMs : bridge.silenceMs;
    const playedMs = this.#speech?.playedMs ?? 0;
    if (!this.#silence.isTooLong(clock.now(), playedMs, this.#released && !mouth.held, limitMs)) return;
    // Tools may take long; an engine may not.
    if (!inTools) bridge.onSilence(this.#voicing ? 'tts' : 'llm');
    const words = bridge.words(calls);
    if (words !== '') void this.#bridge(words);
  }

  async #bridge(words: string): Promise<void> {
    const { tts, clock, scope } = this.#options;
    const chunks = this.#chunks;
    try {
      const audio = await bridgeAudio(words, {
        tts,
        prosody: mannerFor(words, this.#options),
        clock,
        signal: scope.signal,
      });
      // Meanwhile the answer itself has come.
      if (this.#chunks > chunks || this.#complete) return;
      this.#ledger.aside(audio.spoken ? words : '', audio.ms);
      await this.#open().write(audio.samples);
    } catch (error) {
      if (!isAbort(error)) throw error;
    }
  }
}

/** What an answer failed of. */
export const asProviderError = (error: unknown): ProviderError =>
  error instanceof ProviderError
    ? error
    : ProviderError.unavailable('llm', error instanceof Error ? error.message : String(error), { cause: error });
