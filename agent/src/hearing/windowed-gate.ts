import { durationMs, type PcmFrame, ProviderError, type VadModel } from '../contracts/index.ts';
import { FrameRing } from './preroll.ts';
import {
  DEFAULT_PREROLL_MS,
  DEFAULT_SILENCE_MS,
  type GateEvent,
  type GateOptions,
  type GateState,
  type SpeechGate,
} from './speech-gate.ts';
import { Stillness } from './stillness.ts';
import { VadClosed } from './vad-closed.ts';

/** Audio that may wait for inference, in ms; beyond it the oldest frames are dropped. */
const MAX_BEHIND_MS = 2000;

/** While a line is still the model is asked about one window in so many, to stay in it. */
const ASKED_WHEN_STILL = 16;
/** A line is still where the model surely hears no speech. */
const SURELY_NONE = 0.1;

/** How long after the onset speech is told at the latest, in ms: so much is kept on top of the preroll. */
export const MAX_ONSET_MS = 600;

/** A window with its probability, `from` and `to` in ms on the media clock. */
export interface JudgedWindow {
  readonly probability: number;
  readonly from: number;
  readonly to: number;
}

/** What a window has decided; `at` as in the gate's event of that name. */
export type Verdict = { readonly kind: 'start' | 'end'; readonly at: number } | undefined;

/** The decision inside a gate: probabilities in, starts and ends of speech out. Starts and ends alternate. */
export interface SpeechJudge {
  readonly state: GateState;
  /** Calls do not overlap. */
  judge(window: JudgedWindow): Verdict | Promise<Verdict>;
  /** Where speech under way has ended if no more is to come; undefined outside speech. Leaves the judge quiet. */
  cutOff(): number | undefined;
}

interface Barrier {
  readonly after: number;
  readonly pass: () => void;
}

/** Cuts frames into the model's windows, has them judged one by one, and tells what comes of it in order. */
export class WindowedGate implements SpeechGate {
  readonly #model: VadModel;
  readonly #judge: SpeechJudge;
  readonly #onEvent: (event: GateEvent) => void;
  readonly #onClose: (() => void) | undefined;
  readonly #silenceMs: number;
  readonly #prerollMs: number;
  readonly #queue = new FrameRing(MAX_BEHIND_MS);
  readonly #untold: FrameRing;
  readonly #window: Int16Array;
  readonly #windowMs: number;
  readonly #stillness: Stillness;
  /** The window before, which was left out. */
  readonly #before: Int16Array;
  #leftOut = false;
  #filled = 0;
  #nextAt: number | undefined;
  #inSpeech = false;
  #told: GateState = 'quiet';
  #failing = false;
  #probability = 0;
  #dropped = 0;
  #pushed = 0;
  #done = 0;
  #barriers: Barrier[] = [];
  #pumping = false;
  /** Counts resets: work that was begun in an earlier life tells nothing. */
  #life = 0;
  #closed = false;

  /** Owns `model` and `judge` from now on. */
  constructor(model: VadModel, judge: SpeechJudge, options: GateOptions) {
    this.#model = model;
    this.#judge = judge;
    this.#onEvent = options.onEvent;
    this.#onClose = options.onClose;
    this.#silenceMs = options.silenceMs ?? DEFAULT_SILENCE_MS;
    this.#prerollMs = options.prerollMs ?? DEFAULT_PREROLL_MS;
    this.#untold = new FrameRing(this.#prerollMs + MAX_ONSET_MS);
    this.#window = new Int16Array(model.windowSamples);
    this.#before = new Int16Array(model.windowSamples);
    this.#windowMs = durationMs(model.windowSamples, model.rate);
    this.#stillness = new Stillness(this.#windowMs);
  }

  get state(): GateState {
    return this.#judge.state;
  }

  get probability(): number {
    return this.#probability;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(frame: PcmFrame): void {
    if (frame.rate !== this.#model.rate)
      throw new RangeError(`the gate hears ${this.#model.rate} Hz, not ${frame.rate}`);
    if (this.#closed) return;
    this.#pushed++;
    const gone = this.#queue.push(frame);
    this.#dropped += gone;
    this.#done += gone;
    if (!this.#pumping) void this.#pump();
  }

  flush(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((pass) => {
      this.#barriers.push({ after: this.#pushed, pass });
      if (!this.#pumping) this.#passBarriers();
    });
  }

  reset(): void {
    if (this.#closed) return;
    this.#forget();
    this.#tellState();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#forget();
    this.#model.close();
    this.#onClose?.();
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    for (let frame = this.#queue.shift(); frame; frame = this.#queue.shift()) {
      const life = this.#life;
      await this.#hear(frame, life);
      if (life !== this.#life) continue;
      this.#done++;
      this.#passBarriers();
    }
    this.#pumping = false;
  }

  async #hear(frame: PcmFrame, life: number): Promise<void> {
    this.#mendClock(frame);
    if (life !== this.#life) return;
    if (this.#inSpeech) this.#tell({ kind: 'speech-frame', frame });
    else this.#untold.push(frame);
    for (let used = 0; used < frame.samples.length && life === this.#life; ) {
      const take = Math.min(this.#window.length - this.#filled, frame.samples.length - used);
      this.#window.set(frame.samples.subarray(used, used + take), this.#filled);
      this.#filled += take;
      used += take;
      if (this.#filled < this.#window.length) continue;
      this.#filled = 0;
      await this.#judgeWindow(frame.at + durationMs(used, frame.rate), life);
    }
  }

  /** A hole long enough to end speech, or a clock that went back, begins a new stream. */
  #mendClock(frame: PcmFrame): void {
    const expected = this.#nextAt;
    this.#nextAt = frame.at + durationMs(frame.samples.length, frame.rate);
    if (expected === undefined) {
      this.#align(frame);
      return;
    }
    const jump = frame.at - expected;
    if (jump < this.#silenceMs && jump > -this.#windowMs) return;
    this.#cutOff();
    this.#model.reset();
    this.#stillness.reset();
    this.#leftOut = false;
    this.#untold.clear();
    this.#align(frame);
  }

  /** Windows end at multiples of their length: those of all streams together, which makes one inference of many. */
  #align(frame: PcmFrame): void {
    this.#window.fill(0);
    this.#filled = Math.round((frame.at * frame.rate) / 1000) % this.#window.length;
  }

  async #judgeWindow(to: number, life: number): Promise<void> {
    const sound = this.#stillness.hear(this.#window);
    const still = this.#isStill(sound, to);
    if (still) this.#leaveOut();
    else if (this.#leftOut) await this.#comeBack(sound === 'clear');
    const probability = still ? 0 : await this.#ask(this.#window);
    if (probability === undefined || life !== this.#life) return;
    if (!still) this.#probability = probability;
    const from = to - this.#windowMs;
    const verdict = await this.#judge.judge({ probability, from, to });
    if (life !== this.#life) {
      this.#judge.cutOff();
      return;
    }
    this.#tellState();
    if (!verdict || life !== this.#life) return;
    this.#inSpeech = verdict.kind === 'start';
    if (verdict.kind === 'end') this.#tell({ kind: 'speech-end', at: verdict.at });
    else {
      const preroll = this.#untold.takeSince(verdict.at - this.#prerollMs);
      this.#tell({ kind: 'speech-start', at: verdict.at, preroll });
    }
  }

  #isStill(sound: 'still' | 'unclear' | 'clear', to: number): boolean {
    if (sound !== 'still' || !this.#model.leaveOut) return false;
    if (this.#judge.state !== 'quiet' || this.#probability >= SURELY_NONE) return false;
    return Math.round(to / this.#windowMs) % ASKED_WHEN_STILL !== 0;
  }

  /** The window before is let go only now: it may have been the beginning of what comes next. */
  #leaveOut(): void {
    if (this.#leftOut) this.#model.leaveOut?.(this.#before);
    this.#before.set(this.#window);
    this.#leftOut = true;
  }

  async #comeBack(clear: boolean): Promise<void> {
    this.#leftOut = false;
    if (clear) await this.#ask(this.#before);
    else this.#model.leaveOut?.(this.#before);
  }

  async #ask(window: Int16Array): Promise<number | undefined> {
    try {
      const probability = await this.#model.probability(window);
      this.#failing = false;
      return probability;
    } catch (error) {
      if (error instanceof VadClosed) this.close();
      else if (!this.#failing) {
        this.#failing = true;
        this.#tell({ kind: 'failed', error: asProviderError(error) });
      }
      return undefined;
    }
  }

  #passBarriers(): void {
    while (this.#barriers[0] && this.#barriers[0].after <= this.#done) {
      this.#cutOff();
      this.#barriers.shift()?.pass();
    }
  }

  #cutOff(): void {
    const at = this.#judge.cutOff();
    this.#inSpeech = false;
    this.#tellState();
    if (at !== undefined) this.#tell({ kind: 'speech-end', at });
  }

  #forget(): void {
    this.#life++;
    this.#done = this.#pushed;
    this.#queue.clear();
    this.#untold.clear();
    this.#filled = 0;
    this.#stillness.reset();
    this.#leftOut = false;
    this.#nextAt = undefined;
    this.#inSpeech = false;
    this.#probability = 0;
    this.#judge.cutOff();
    this.#model.reset();
    for (const { pass } of this.#barriers.splice(0)) pass();
  }

  #tellState(): void {
    if (this.#judge.state === this.#told) return;
    this.#told = this.#judge.state;
    this.#tell({ kind: 'state', state: this.#told });
  }

  #tell(event: GateEvent): void {
    if (this.#closed) return;
    try {
      this.#onEvent(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

const asProviderError = (error: unknown): ProviderError =>
  error instanceof ProviderError ? error : ProviderError.unavailable('vad', 'the voice model failed', { cause: error });
