import {
  ProviderError,
  type SherpaTtsKind,
  type SpeakOptions,
  type SpeechChunk,
  type TtsProvider,
  type Voice,
} from '../../contracts/index.ts';
import { abortable, Channel, type Clock, raceAbort, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { timeWords } from '../tts/word-times.ts';
import { detectTtsModel } from './detect-model.ts';
import type { Answer } from './messages.ts';
import type { SherpaTtsModel } from './model.ts';
import { type Line, SherpaServer, type SherpaServerOptions } from './server.ts';
import { speakerOf, voicesOf } from './voices.ts';

export interface SherpaTtsOptions extends Pick<SherpaServerOptions, 'threads' | 'clock' | 'log' | 'entry'> {
  /** A folder with a model, or what to take of one. */
  readonly model: string | SherpaTtsModel;
  readonly kind?: SherpaTtsKind;
  /** ms without audio before a text counts as failed. */
  readonly timeoutMs: number;
}

const SPEEDS = [0.5, 2] as const;
/** About two minutes of speech, six megabytes. */
const MAX_TEXT = 2000;
/** Sentences that were spoken and not yet read: no text has as many. */
const MAX_WAITING = 1024;
const CHUNK_MS = 100;
const MILLION = 1_000_000;

/** Local speech by sherpa-onnx, sentence by sentence, in a process of its own. Feelings and pitch it has none. */
export class SherpaTts implements TtsProvider {
  readonly id = 'sherpa';
  readonly rate: number;
  readonly model: SherpaTtsModel;
  readonly #server: SherpaServer;
  readonly #voices: readonly Voice[];
  readonly #timeoutMs: number;
  readonly #clock: Clock;

  private constructor(model: SherpaTtsModel, server: SherpaServer, rate: number, options: SherpaTtsOptions) {
    this.model = model;
    this.rate = rate;
    this.#server = server;
    this.#voices = voicesOf(model, server.facts?.speakers ?? 1);
    this.#timeoutMs = options.timeoutMs;
    this.#clock = options.clock ?? systemClock;
  }

  /** Resolves when the model is loaded. Throws EngineUnavailable where there is none, or it cannot be. */
  static async load(options: SherpaTtsOptions, signal: AbortSignal): Promise<SherpaTts> {
    signal.throwIfAborted();
    const { model: given, kind, threads, clock, log, entry } = options;
    const model = typeof given === 'string' ? await raceAbort(detectTtsModel(given, kind), signal) : given;
    const server = await SherpaServer.start({ stage: 'tts', model, threads, clock, log, entry }, signal);
    return new SherpaTts(model, server, server.facts?.rate ?? 24_000, options);
  }

  /** Of the watched process. */
  get pid(): number | undefined {
    return this.#server.pid;
  }

  async voices(): Promise<readonly Voice[]> {
    return this.#voices;
  }

  async *speak(text: string, options: SpeakOptions): AsyncGenerator<SpeechChunk> {
    const { signal, voice, speed = 1, language } = options;
    signal.throwIfAborted();
    if (!/[\p{L}\p{N}]/u.test(text)) return;
    if (text.length > MAX_TEXT)
      throw ProviderError.badRequest('tts', `sherpa-onnx is given at most ${MAX_TEXT} characters`);
    const deadline = new Deadline({ stage: 'tts', ms: this.#timeoutMs, parent: signal, clock: this.#clock });
    const spoken = new Channel<Sentence>({ capacity: MAX_WAITING, overflow: 'fail' });
    let line: Line | undefined;
    try {
      line = await this.#server.line(
        { answered: (answer) => take(answer, spoken), failed: (error) => spoken.fail(error) },
        deadline.signal,
      );
      const speaker = speakerOf(this.#voices, voice, language);
      line.send({ type: 'speak', id: line.id, text, speaker, speed: Math.min(SPEEDS[1], Math.max(SPEEDS[0], speed)) });
      const words = new Words(text, this.rate);
      for await (const sentence of abortable(spoken, deadline.signal)) {
        deadline.pause(); // while the reader is busy
        yield* words.among(sentence);
        deadline.touch();
      }
      deadline.signal.throwIfAborted();
    } catch (error) {
      signal.throwIfAborted();
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
}

interface Sentence {
  readonly samples: Int16Array;
  /** How much of the text is spoken with it, 0..1. */
  readonly progress: number;
}

function take(answer: Answer, spoken: Channel<Sentence>): void {
  if (answer.type === 'chunk') spoken.push(answer);
  else if (answer.type === 'done') spoken.end();
  else if (answer.type === 'error')
    spoken.fail(ProviderError.unsupported('tts', `this voice cannot speak the text: ${answer.message}`));
}

/** Puts each word right before the audio in which it begins: by proportion within each sentence's share of the text. */
class Words {
  readonly #waiting: { text: string; share: number }[];
  readonly #rate: number;
  #startMs = 0;
  #share = 0;

  constructor(text: string, rate: number) {
    this.#waiting = timeWords(text, MILLION).map(({ text: word, atMs }) => ({ text: word, share: atMs / MILLION }));
    this.#rate = rate;
  }

  *among({ samples, progress }: Sentence): Generator<SpeechChunk> {
    const lengthMs = (samples.length * 1000) / this.#rate;
    const shares = Math.max(progress - this.#share, 1e-6);
    const atMs = (share: number): number => Math.max(0, ((share - this.#share) / shares) * lengthMs);
    const step = Math.round((this.#rate * CHUNK_MS) / 1000);
    for (let at = 0; at < samples.length; at += step) {
      const endMs = ((at + step) * 1000) / this.#rate;
      for (let next = this.#waiting[0]; next && next.share < progress && atMs(next.share) < endMs; ) {
        this.#waiting.shift();
        yield { kind: 'word', text: next.text, atMs: Math.round(this.#startMs + atMs(next.share)) };
        next = this.#waiting[0];
      }
      yield { kind: 'audio', samples: samples.subarray(at, at + step) };
    }
    this.#startMs += lengthMs;
    this.#share = progress;
  }
}
