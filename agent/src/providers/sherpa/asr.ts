import {
  type AsrOptions,
  type AsrProvider,
  HEARING_RATE,
  type PcmFrame,
  ProviderError,
  type SherpaAsrKind,
  type Transcript,
} from '../../contracts/index.ts';
import { abortable, Channel, type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { primaryLanguage } from '../language.ts';
import type { Log } from '../log.ts';
import { detectAsrModel } from './detect-model.ts';
import type { Answer } from './messages.ts';
import type { SherpaAsrModel } from './model.ts';
import { type Line, SherpaServer, type SherpaServerOptions } from './server.ts';

export interface SherpaAsrOptions extends Pick<SherpaServerOptions, 'threads' | 'clock' | 'log' | 'entry'> {
  /** A folder with a model, or what to take of one. */
  readonly model: string | SherpaAsrModel;
  /** Where a folder holds several. */
  readonly kind?: SherpaAsrKind;
  /** ms without a sign of recognition, while it owes one, before the utterance counts as failed. */
  readonly timeoutMs: number;
}

/** Audio on its way: sent and not yet recognised. The caller's own queue waits meanwhile. */
const MAX_ON_THE_WAY = HEARING_RATE * 2;
const MAX_MESSAGE = HEARING_RATE;
/** What is said after it is not recognised. */
const MAX_UTTERANCE = HEARING_RATE * 120;
/** Partials that nobody has read yet; the oldest is worth least. */
const MAX_WAITING = 32;
const MAX_HINTS = 100;

/** Local recognition by sherpa-onnx, streaming or at the end of the utterance, in a process of its own. */
export class SherpaAsr implements AsrProvider {
  readonly id = 'sherpa';
  readonly model: SherpaAsrModel;
  readonly #server: SherpaServer;
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #log: Log;

  private constructor(model: SherpaAsrModel, server: SherpaServer, options: SherpaAsrOptions) {
    this.model = model;
    this.#server = server;
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log ?? (() => {});
  }

  /** Resolves when the model is loaded. Throws EngineUnavailable where there is none, or it cannot be. */
  static async load(options: SherpaAsrOptions, signal: AbortSignal): Promise<SherpaAsr> {
    signal.throwIfAborted();
    const { model: given, kind, threads, clock, log, entry } = options;
    const model = typeof given === 'string' ? await raceAbort(detectAsrModel(given, kind), signal) : given;
    const server = await SherpaServer.start({ stage: 'asr', model, threads, clock, log, entry }, signal);
    return new SherpaAsr(model, server, options);
  }

  /** Of the watched process. */
  get pid(): number | undefined {
    return this.#server.pid;
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncGenerator<Transcript> {
    options.signal.throwIfAborted();
    this.#refuse(options.language);
    const deadline = new Deadline({ stage: 'asr', ms: this.#timeoutMs, parent: options.signal, clock: this.#clock });
    const utterance = new Utterance(deadline);
    let line: Line | undefined;
    try {
      line = await this.#server.line(utterance, deadline.signal);
      line.send({ type: 'open', id: line.id, hints: hintsOf(options.hints) });
      void utterance.send(audio, line).then(
        (whole) => whole || this.#log('warn', 'an utterance was too long: its end was not recognised'),
        (error) => utterance.heard.fail(error),
      );
      for await (const { language, ...transcript } of abortable(utterance.heard, deadline.signal)) {
        yield { ...transcript, ...this.#languageOf(language, options.language) };
        if (transcript.kind === 'final') return;
      }
    } catch (error) {
      options.signal.throwIfAborted();
      if (deadline.signal.aborted) this.#server.suspect(this.#timeoutMs);
      throw error;
    } finally {
      deadline.close();
      line?.close();
    }
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #refuse(language: string | undefined): void {
    const { languages, kind } = this.model;
    if (language === undefined || !languages) return;
    if (languages.some((one) => primaryLanguage(one) === primaryLanguage(language))) return;
    throw ProviderError.unsupported(
      'asr',
      `the ${kind} model understands ${languages.join(', ')}, not "${language}": name another model (docs/engines.md)`,
    );
  }

  /** As the model found it (`<|en|>`), else as it must be. */
  #languageOf(found: string | undefined, expected: string | undefined): Pick<Transcript, 'language'> {
    const { languages = [] } = this.model;
    const tag = found?.replace(/[<|>]/g, '');
    const language =
      tag && /^[a-z]{2,3}$/.test(tag) ? tag : (expected ?? (languages.length === 1 ? languages[0] : undefined));
    return language === undefined ? {} : { language };
  }
}

/** One utterance: frames to the child as it takes them, words back. */
class Utterance {
  readonly heard = new Channel<Transcript>({ capacity: MAX_WAITING, overflow: 'drop-oldest' });
  readonly #deadline: Deadline;
  #onTheWay = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #ended = false;

  constructor(deadline: Deadline) {
    this.#deadline = deadline;
  }

  readonly answered = (answer: Answer): void => {
    if (this.#ended) this.#deadline.touch();
    if (answer.type === 'taken') {
      this.#onTheWay -= answer.samples;
      this.#room?.resolve();
    } else if (answer.type === 'partial') this.heard.push({ kind: 'partial', text: answer.text });
    else if (answer.type === 'final') this.heard.push({ kind: 'final', text: answer.text, language: answer.language });
    else if (answer.type === 'error') this.failed(ProviderError.unavailable('asr', `sherpa-onnx: ${answer.message}`));
  };

  readonly failed = (error: ProviderError): void => {
    this.heard.fail(error);
    this.#room?.reject(error);
  };

  /** Resolves when all audio and the end mark are sent; false where it was longer than is taken. */
  async send(audio: AsyncIterable<PcmFrame>, line: Line): Promise<boolean> {
    let total = 0;
    this.#deadline.pause(); // the caller speaks
    for await (const { samples, rate } of abortable(audio, this.#deadline.signal)) {
      if (rate !== HEARING_RATE)
        throw ProviderError.unsupported('asr', `sherpa-onnx hears at ${HEARING_RATE} Hz here, not ${rate}`);
      if (this.heard.ended) return true; // nobody listens: let go of the audio
      for (let at = 0; at < samples.length && total < MAX_UTTERANCE; at += MAX_MESSAGE) {
        const piece = samples.subarray(at, at + MAX_MESSAGE);
        if (this.#onTheWay >= MAX_ON_THE_WAY) await this.#hasRoom();
        this.#onTheWay += piece.length;
        total += piece.length;
        line.send({ type: 'audio', id: line.id, samples: piece });
      }
    }
    this.#ended = true;
    this.#deadline.touch();
    line.send({ type: 'end', id: line.id });
    return total < MAX_UTTERANCE;
  }

  async #hasRoom(): Promise<void> {
    this.#deadline.touch();
    while (this.#onTheWay >= MAX_ON_THE_WAY) {
      this.#room = Promise.withResolvers();
      await raceAbort(this.#room.promise, this.#deadline.signal);
    }
    this.#deadline.pause();
  }
}

/** One phrase each, without the characters that have a meaning to sherpa-onnx. */
const hintsOf = (hints: readonly string[] = []): string[] =>
  hints
    .map((hint) => hint.replace(/[/:#@\s]+/g, ' ').trim())
    .filter(Boolean)
    .slice(0, MAX_HINTS);
