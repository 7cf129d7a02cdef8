import { Worker } from 'node:worker_threads';
import { ProviderError, type TurnDetector } from '../../contracts/index.ts';
import { raceAbort } from '../../kernel/index.ts';
import type { Log } from '../log.ts';
import type { FromTurnThread, ToTurnThread } from './smart-turn-thread.ts';

/** What changes nothing: the chances are even. */
export const NEUTRAL = 0.5;

/** Questions of all callers that may wait; beyond it the oldest, whose pause is all but over, are told NEUTRAL. */
const MAX_WAITING = 16;

/** A thread that does not end by itself after this is ended, in ms. */
const CLOSE_PATIENCE_MS = 2000;

export interface SmartTurnOptions {
  /** Path of the ONNX file. */
  readonly file: string;
  readonly signal?: AbortSignal;
  readonly log?: Log;
}

interface Question {
  readonly audio: Int16Array;
  readonly signal: AbortSignal;
  readonly answer: (probability: number) => void;
}

/**
 * Smart Turn v3 on a thread of its own, for all calls of the thread that loads it: an inference takes tens of ms, and
 * audio goes out each 20. One question is with the model; the others wait here, where an abort takes them back.
 */
export class SmartTurn implements TurnDetector {
  readonly #worker: Worker;
  readonly #log: Log | undefined;
  readonly #loaded = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();
  #waiting: Question[] = [];
  #asked: Question | undefined;
  #failing = false;
  #ended = false;
  #closing: Promise<void> | undefined;

  private constructor({ file, log }: SmartTurnOptions) {
    this.#log = log;
    this.#worker = new Worker(new URL('./smart-turn-thread.ts', import.meta.url), { name: 'turn', workerData: file });
    // It never keeps the process: whoever loads it closes it.
    this.#worker.unref();
    this.#worker.on('message', (message: FromTurnThread) => this.#receive(message));
    this.#worker.on('error', (error) => this.#fail(String(error)));
    this.#worker.on('exit', () => this.#end());
  }

  /** Throws ProviderError for a file that does not fit, or the signal's reason when aborted. */
  static async load(options: SmartTurnOptions): Promise<SmartTurn> {
    options.signal?.throwIfAborted();
    const detector = new SmartTurn(options);
    try {
      const { promise } = detector.#loaded;
      await (options.signal ? raceAbort(promise, options.signal) : promise);
      return detector;
    } catch (error) {
      await detector.close();
      options.signal?.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      throw ProviderError.unavailable('turn', `${options.file} cannot be used: ${why}`, { cause: error });
    }
  }

  /** Of the last 8 s of 16 kHz audio. NEUTRAL where the model fails; rejects with the signal's reason when aborted. */
  async predict({ audio }: { audio: Int16Array }, { signal }: { signal: AbortSignal }): Promise<number> {
    signal.throwIfAborted();
    if (this.#ended || this.#closing) return NEUTRAL;
    return raceAbort(
      new Promise<number>((answer) => {
        this.#waiting = this.#waiting.filter((question) => !question.signal.aborted);
        if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift()?.answer(NEUTRAL);
        this.#waiting.push({ audio, signal, answer });
        this.#ask();
      }),
      signal,
    );
  }

  /** Open questions are told NEUTRAL; resolves when the thread has ended. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    if (this.#ended) return;
    this.#tell({ type: 'close' });
    const timer = setTimeout(() => void this.#worker.terminate(), CLOSE_PATIENCE_MS);
    this.#worker.ref();
    await this.#gone.promise;
    clearTimeout(timer);
  }

  #ask(): void {
    if (this.#asked) return;
    // Newest first: where many wait, the pauses of the others are all but over.
    do this.#asked = this.#waiting.pop();
    while (this.#asked?.signal.aborted);
    if (this.#asked) this.#tell({ type: 'ask', audio: Int16Array.from(this.#asked.audio) });
  }

  #receive(message: FromTurnThread): void {
    switch (message.type) {
      case 'ready':
        this.#loaded.resolve();
        break;
      case 'unusable':
        this.#loaded.reject(new Error(message.message));
        break;
      case 'answer':
        this.#failing = false;
        this.#answer(message.probability);
        break;
      case 'failed':
        this.#fail(message.message);
        this.#answer(NEUTRAL);
        break;
    }
  }

  #answer(probability: number): void {
    this.#asked?.answer(probability);
    this.#asked = undefined;
    this.#ask();
  }

  /** Said once for each run of failures. */
  #fail(message: string): void {
    this.#loaded.reject(new Error(message));
    if (!this.#failing) this.#log?.('warn', `Smart Turn fails, so words and pauses alone end turns: ${message}`);
    this.#failing = true;
  }

  #end(): void {
    this.#ended = true;
    this.#loaded.reject(new Error('its thread ended'));
    this.#asked?.answer(NEUTRAL);
    for (const { answer } of this.#waiting.splice(0)) answer(NEUTRAL);
    this.#gone.resolve();
  }

  #tell(message: ToTurnThread): void {
    this.#worker.postMessage(message, message.type === 'ask' ? [message.audio.buffer] : []);
  }
}
