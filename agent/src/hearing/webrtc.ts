/// <reference path="./ambient.d.ts" />
import createFvad from '@echogarden/fvad-wasm';
import { HEARING_RATE, ProviderError, type VadModel } from '../contracts/index.ts';
import { VadClosed } from './vad-closed.ts';
import { type Answer, AnswerMean } from './webrtc-mean.ts';

/** What libfvad asks for at once: 10 ms. */
const FRAME_SAMPLES = 160;
/** A frame of the ear, so that the gate judges as soon as audio comes. */
const WINDOW_SAMPLES = 2 * FRAME_SAMPLES;

/** Of 0 to 3: the strictest that hears soft speech as soon as loud. Measured, as is all in webrtc-mean.ts: docs/adr/0005. */
const AGGRESSIVENESS = 2;

/** libfvad, compiled to wasm; ask for `HEAP16` and `HEAP32` each time, as a memory that grows replaces them. */
export interface Fvad {
  readonly HEAP16: Int16Array;
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  /** 0 when out of memory. */
  _fvad_new(): number;
  _fvad_free(state: number): void;
  /** Forgets mode and rate, too. */
  _fvad_reset(state: number): void;
  _fvad_set_mode(state: number, mode: number): number;
  _fvad_set_sample_rate(state: number, rate: number): number;
  /** 1 for speech, 0 for none, -1 for a frame of a length that it does not know. */
  _fvad_process(state: number, frame: number, samples: number): number;
}

export const loadFvad = (): Promise<Fvad> => createFvad() as Promise<Fvad>;

export interface WebrtcLoadOptions {
  readonly signal?: AbortSignal;
}

/** The WebRTC VAD for all streams of one thread: 2 us for a window, so each is judged at once. */
export class WebrtcEngine {
  readonly rate = HEARING_RATE;
  readonly windowSamples = WINDOW_SAMPLES;
  readonly #fvad: Fvad;
  /** One frame in the wasm's memory, for whichever stream is judged. */
  readonly #frame: number;
  readonly #streams = new Set<WebrtcStream>();
  #closing: Promise<void> | undefined;

  /** Of `loadFvad`, for this engine alone; `load` makes it. */
  constructor(fvad: Fvad) {
    this.#fvad = fvad;
    this.#frame = fvad._malloc(FRAME_SAMPLES * 2);
  }

  /** Compiles the bundled wasm. Throws ProviderError, or the signal's reason when aborted. */
  static async load({ signal }: WebrtcLoadOptions = {}): Promise<WebrtcEngine> {
    signal?.throwIfAborted();
    let fvad: Fvad;
    try {
      fvad = await loadFvad();
    } catch (cause) {
      throw ProviderError.unavailable('vad', 'the WebRTC voice detector does not load', { cause });
    }
    signal?.throwIfAborted();
    return new WebrtcEngine(fvad);
  }

  /** A stream of its own. Throws VadClosed after `close`, ProviderError when out of memory. */
  open(): VadModel {
    if (this.#closing) throw new VadClosed();
    const state = this.#fvad._fvad_new();
    if (state === 0) throw ProviderError.unavailable('vad', 'no memory for another WebRTC voice detector');
    const stream = new WebrtcStream(this.#fvad, state, this.#frame, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  /** Closes every stream and gives all memory back; the same promise every time. */
  close(): Promise<void> {
    return (this.#closing ??= this.#shut());
  }

  async #shut(): Promise<void> {
    for (const stream of [...this.#streams]) stream.close();
    this.#fvad._free(this.#frame);
  }
}

/** One stream's noise model, and its last answers. */
class WebrtcStream implements VadModel {
  readonly rate = HEARING_RATE;
  readonly windowSamples = WINDOW_SAMPLES;
  readonly #fvad: Fvad;
  readonly #frame: number;
  readonly #onClose: () => void;
  readonly #mean = new AnswerMean();
  /** Where its memory is; 0 when closed. */
  #state: number;

  constructor(fvad: Fvad, state: number, frame: number, onClose: () => void) {
    this.#fvad = fvad;
    this.#state = state;
    this.#frame = frame;
    this.#onClose = onClose;
    this.#setUp();
  }

  /** Rejects with RangeError for another length, VadClosed when closed, ProviderError when libfvad refuses. */
  async probability(window: Int16Array): Promise<number> {
    if (this.#state === 0) throw new VadClosed();
    if (window.length !== WINDOW_SAMPLES) {
      throw new RangeError(`a window has ${WINDOW_SAMPLES} samples, not ${window.length}`);
    }
    for (let at = 0; at < WINDOW_SAMPLES; at += FRAME_SAMPLES) {
      this.#fvad.HEAP16.set(window.subarray(at, at + FRAME_SAMPLES), this.#frame >> 1);
      this.#mean.add(this.#judge());
    }
    return this.#mean.probability;
  }

  reset(): void {
    if (this.#state === 0) return;
    this.#fvad._fvad_reset(this.#state);
    this.#setUp();
    this.#mean.clear();
  }

  /** Gives its memory back; may be called again. */
  close(): void {
    if (this.#state === 0) return;
    this.#fvad._fvad_free(this.#state);
    this.#state = 0;
    this.#onClose();
  }

  /**
   * Libfvad goes on saying yes for 60 to 90 ms after a sound, of which its API tells nothing. The first word of a
   * state is the answer as it was found: 1 for a frame that is speech, more where it only holds on to that.
   */
  #judge(): Answer {
    const yes = this.#fvad._fvad_process(this.#state, this.#frame, FRAME_SAMPLES);
    if (yes < 0) throw ProviderError.unavailable('vad', 'the WebRTC voice detector refused a frame');
    if (yes === 0) return 'silence';
    return (this.#fvad.HEAP32[this.#state >> 2] as number) > 1 ? 'held' : 'speech';
  }

  #setUp(): void {
    this.#fvad._fvad_set_sample_rate(this.#state, HEARING_RATE);
    this.#fvad._fvad_set_mode(this.#state, AGGRESSIVENESS);
  }
}
