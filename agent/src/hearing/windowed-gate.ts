import { durationMs, type PcmFrame, ProviderError, type VadModel } from '../contracts/index.ts';
import { FrameRing } from './preroll.ts';
import { SparingModel } from './sparing.ts';
import {
  DEFAULT_PREROLL_MS,
  DEFAULT_SILENCE_MS,
  type GateEvent,
  type GateOptions,
  type GateState,
  type SpeechGate,
} from './speech-gate.ts';
import { VadClosed } from './vad-closed.ts';

/** Audio that may wait for inference, in ms; beyond it the oldest frames are dropped. */
const MAX_BEHIND_MS = 2000;

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
  /** Silence while it is quiet need not be told to it. */
  readonly passesSilence?: boolean;
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
  readonly #sparing: SparingModel;
  readonly #judge: SpeechJudge;
  readonly #onEvent: (event: GateEvent) => void;
  readonly #onClose: (() => void) | undefined;
  readonly #silenceMs: number;
  readonly #prerollMs: number;
  readonly #queue = new FrameRing(MAX_BEHIND_MS);
  readonly #untold: FrameRing;
  readonly #window: Int16Array;
  readonly #windowMs: number;
  #filled = 0;
  #nextAt: number | undefined;
  #inSpeech = false;
  #told: GateState = 'quiet';
  #failing = false;
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
    this.#windowMs = durationMs(model.windowSamples, model.rate);
    this.#sparing = new SparingModel(model);
  }

  get state(): GateState {
    return this.#judge.state;
  }

  get probability(): number {
    return this.#sparing.probability;
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
    this.#pump();
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

  /** Only inference is waited for: most frames pass without a promise. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let frame = this.#queue.shift(); frame; frame = this.#queue.shift()) {
      const life = this.#life;
      const work = this.#hear(frame, life);
      if (work) {
        void work.then(() => {
          this.#heard(life);
          this.#pumping = false;
          this.#pump();
        });
        return;
      }
      this.#heard(life);
    }
    this.#pumping = false;
  }

  #heard(life: number): void {
    if (life !== this.#life) return;
    this.#done++;
    this.#passBarriers();
  }

  #hear(frame: PcmFrame, life: number): Promise<void> | undefined {
    this.#mendClock(frame);
    if (life !== this.#life) return undefined;
    if (this.#inSpeech) this.#tell({ kind: 'speech-frame', frame });
    else this.#untold.push(frame);
    return this.#fill(frame, 0, life);
  }

  /** The frame from sample `used` on. */
  #fill(frame: PcmFrame, used: number, life: number): Promise<void> | undefined {
    for (let at = used; at < frame.samples.length && life === this.#life; ) {
      const take = Math.min(this.#window.length - this.#filled, frame.samples.length - at);
      for (let i = 0; i < take; i++) this.#window[this.#filled + i] = frame.samples[at + i] as number;
      this.#filled += take;
      at += take;
      if (this.#filled < this.#window.length) continue;
      this.#filled = 0;
      const to = frame.at + durationMs(at, frame.rate);
      const quiet = this.#judge.passesSilence === true && this.#judge.state === 'quiet';
      const asked = this.#sparing.judge(this.#window, to, quiet);
      if (asked) return this.#judgeWindow(asked, to, life).then(() => this.#fill(frame, at, life));
    }
    return undefined;
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
    this.#sparing.reset();
    this.#untold.clear();
    this.#align(frame);
  }

  /** Windows end at multiples of their length: those of all streams together, which makes one inference of many. */
  #align(frame: PcmFrame): void {
    this.#window.fill(0);
    this.#filled = Math.round((frame.at * frame.rate) / 1000) % this.#window.length;
  }

  async #judgeWindow(asked: Promise<number>, to: number, life: number): Promise<void> {
    const probability = await this.#answer(asked);
    if (probability === undefined || life !== this.#life) return;
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

  async #answer(asked: Promise<number>): Promise<number | undefined> {
    try {
      const probability = await asked;
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
    this.#nextAt = undefined;
    this.#inSpeech = false;
    this.#judge.cutOff();
    this.#sparing.reset();
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
