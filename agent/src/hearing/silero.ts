import { InferenceSession } from 'onnxruntime-node';
import { HEARING_RATE, ProviderError, type VadModel } from '../contracts/index.ts';
import { type BatchRow, SileroBatch } from './silero-batch.ts';
import { SILERO_SHAPES, type SileroShape, type SileroVersion, STATE_LAYERS } from './silero-shape.ts';
import { VadClosed } from './vad-closed.ts';

/** Windows in one inference at most: about 8 ms of a blocked thread. */
const MAX_BATCH = 128;

/** An error-only log, and one thread: many engines share the machine's cores. */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
};

/** The part of an inference session that the engine uses. */
export type SileroSession = Pick<InferenceSession, 'run' | 'release'>;

export interface SileroLoadOptions {
  readonly version: SileroVersion;
  readonly signal?: AbortSignal;
}

/**
 * Silero VAD for all streams of one thread, in one session: windows that are asked for within one turn of the event
 * loop are judged by one inference. A run blocks its thread, so this belongs on the agent host's worker thread.
 */
export class SileroEngine {
  readonly rate = HEARING_RATE;
  readonly windowSamples: number;
  readonly #shape: SileroShape;
  readonly #session: SileroSession;
  readonly #batch: SileroBatch;
  readonly #streams = new Set<SileroStream>();
  #waiting: SileroStream[] = [];
  #running: Promise<void> | undefined;
  #scheduled = false;
  #closing: Promise<void> | undefined;

  /** `session` is a session on the model file of `version`; `load` makes it. */
  constructor(version: SileroVersion, session: SileroSession) {
    this.#shape = SILERO_SHAPES[version];
    this.windowSamples = this.#shape.windowSamples;
    this.#session = session;
    this.#batch = new SileroBatch(this.#shape);
  }

  /** Reads the bundled model file. Throws ProviderError, or the signal's reason when aborted. */
  static async load({ version, signal }: SileroLoadOptions): Promise<SileroEngine> {
    signal?.throwIfAborted();
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(SILERO_SHAPES[version].locate(), SESSION_OPTIONS);
    } catch (cause) {
      throw ProviderError.unavailable('vad', `Silero ${version} does not load`, { cause });
    }
    if (signal?.aborted) await session.release();
    signal?.throwIfAborted();
    return new SileroEngine(version, session);
  }

  /** A stream of its own. Throws VadClosed after `close`. */
  open(): VadModel {
    if (this.#closing) throw new VadClosed();
    const stream = new SileroStream(
      this.#shape,
      () => this.#enqueue(stream),
      () => this.#forget(stream),
    );
    this.#streams.add(stream);
    return stream;
  }

  /** Closes every stream; resolves when a run under way is over and the session is released. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    for (const stream of [...this.#streams]) stream.close();
    await this.#running;
    await this.#session.release();
  }

  #forget(stream: SileroStream): void {
    this.#streams.delete(stream);
    const at = this.#waiting.indexOf(stream);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  #enqueue(stream: SileroStream): void {
    this.#waiting.push(stream);
    this.#schedule();
  }

  /** After the loop's poll phase, so that the packets of every socket that was ready have had their say. */
  #schedule(): void {
    if (this.#scheduled || this.#running) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#waiting.length === 0) return;
      this.#running = this.#infer(this.#waiting.splice(0, MAX_BATCH)).finally(() => {
        this.#running = undefined;
        if (this.#waiting.length > 0) this.#schedule();
      });
    });
  }

  async #infer(streams: readonly SileroStream[]): Promise<void> {
    try {
      const { feeds, fetches } = this.#batch.gather(streams);
      await this.#session.run(feeds, fetches);
    } catch (cause) {
      const failure = ProviderError.unavailable('vad', 'Silero inference failed', { cause });
      for (const stream of streams) stream.fail(failure);
      return;
    }
    streams.forEach((stream, i) => {
      if (stream.keepsState) this.#batch.scatter(stream, i, streams.length);
      stream.settle(this.#batch.probability(i));
    });
  }
}

interface Pending {
  readonly resolve: (probability: number) => void;
  readonly reject: (error: Error) => void;
}

/** One stream's context and recurrent state. */
class SileroStream implements VadModel, BatchRow {
  readonly rate = HEARING_RATE;
  readonly windowSamples: number;
  readonly input: Float32Array;
  readonly states: readonly Float32Array[];
  readonly #context: number;
  readonly #enqueue: () => void;
  readonly #onClose: () => void;
  #pending: Pending | undefined;
  #resetting = false;
  #closed = false;

  constructor(shape: SileroShape, enqueue: () => void, onClose: () => void) {
    this.windowSamples = shape.windowSamples;
    this.input = new Float32Array(shape.contextSamples + shape.windowSamples);
    this.states = shape.states.map(({ width }) => new Float32Array(STATE_LAYERS * width));
    this.#context = shape.contextSamples;
    this.#enqueue = enqueue;
    this.#onClose = onClose;
  }

  /** False where what the inference gives back must not live on in the stream. */
  get keepsState(): boolean {
    return !this.#closed && !this.#resetting;
  }

  /**
   * The window is copied before this returns. Rejects with RangeError for another length, TypeError while the window
   * before is pending, VadClosed when closed by then, ProviderError when the inference fails.
   */
  probability(window: Int16Array): Promise<number> {
    if (this.#closed) return Promise.reject(new VadClosed());
    if (this.#pending) return Promise.reject(new TypeError('the window before is still pending'));
    if (window.length !== this.windowSamples) {
      return Promise.reject(new RangeError(`a window has ${this.windowSamples} samples, not ${window.length}`));
    }
    this.#take(window);
    return new Promise((resolve, reject) => {
      this.#pending = { resolve, reject };
      this.#enqueue();
    });
  }

  /** The next window has it for its context; the recurrent state stays what it was, which is that of silence. */
  leaveOut(window: Int16Array): void {
    if (this.#closed || this.#pending) return;
    this.#take(window);
    this.input.copyWithin(0, this.windowSamples);
  }

  /** Forgets what was heard. A window that is pending is still judged by what came before it, and then forgotten. */
  reset(): void {
    if (this.#pending) this.#resetting = true;
    else this.#forget();
  }

  /** A window that is pending is rejected with VadClosed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    this.fail(new VadClosed());
  }

  settle(probability: number): void {
    const pending = this.#release();
    pending?.resolve(probability);
  }

  fail(error: Error): void {
    const pending = this.#release();
    pending?.reject(error);
  }

  #take(window: Int16Array): void {
    for (let i = 0; i < window.length; i++) this.input[this.#context + i] = (window[i] as number) / 32768;
  }

  #release(): Pending | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    if (this.#resetting) this.#forget();
    else this.input.copyWithin(0, this.windowSamples);
    this.#resetting = false;
    return pending;
  }

  #forget(): void {
    this.input.fill(0);
    for (const state of this.states) state.fill(0);
  }
}
