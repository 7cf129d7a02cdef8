import type { VadModel } from '../contracts/index.ts';
import { durationMs } from '../contracts/index.ts';
import { DEFAULT_SILENCE_MS, type GateOptions, type GateState, type SpeechGate } from './speech-gate.ts';
import { type JudgedWindow, MAX_ONSET_MS, type SpeechJudge, type Verdict, WindowedGate } from './windowed-gate.ts';

/** Probability from which a window alone speaks for speech... */
export const SPEECH_THRESHOLD = 0.5;
/** ...below which it speaks against it; in between things stay as they are. */
export const SILENCE_THRESHOLD = 0.35;
/** Probability that real speech reaches within two or three windows and clicks, knocks and noise bursts do not. */
export const SURE_THRESHOLD = 0.85;
/** Speech starts with a sure window at the end of a run this long, in ms... */
export const SURE_RUN_MS = 64;
/** ...or after this much speech that the model is never sure of, in ms. */
export const UNSURE_RUN_MS = 192;

/** Speech starts and ends by hysteresis on the model's probability. Pure: no clock but that of the windows. */
export class VadJudge implements SpeechJudge {
  readonly passesSilence = true;
  readonly #windowMs: number;
  readonly #silenceMs: number;
  #state: GateState = 'quiet';
  /** Where the run of windows that are not silent began. */
  #runFrom = 0;
  #speechInRunMs = 0;
  #lastSpeechAt = 0;

  constructor(windowMs: number, silenceMs: number) {
    this.#windowMs = windowMs;
    this.#silenceMs = silenceMs;
  }

  get state(): GateState {
    return this.#state;
  }

  judge(window: JudgedWindow): Verdict {
    return this.#state === 'quiet' || this.#state === 'starting'
      ? this.#listenForStart(window)
      : this.#listenForEnd(window);
  }

  cutOff(): number | undefined {
    const inSpeech = this.#state === 'speaking' || this.#state === 'stopping';
    this.#state = 'quiet';
    return inSpeech ? this.#lastSpeechAt : undefined;
  }

  #listenForStart({ probability, from, to }: JudgedWindow): Verdict {
    if (probability < SILENCE_THRESHOLD) {
      this.#state = 'quiet';
      return undefined;
    }
    if (this.#state === 'quiet') {
      this.#state = 'starting';
      this.#runFrom = from;
      this.#speechInRunMs = 0;
    }
    if (probability >= SPEECH_THRESHOLD) this.#speechInRunMs += this.#windowMs;
    const sure = probability >= SURE_THRESHOLD && to - this.#runFrom >= SURE_RUN_MS;
    if (!sure && this.#speechInRunMs < UNSURE_RUN_MS) return undefined;
    this.#state = 'speaking';
    this.#lastSpeechAt = from;
    // The model wants about half a window of speech before it leans towards it.
    const at = this.#runFrom - this.#windowMs / 2;
    return { kind: 'start', at: Math.max(0, at, to - MAX_ONSET_MS) };
  }

  #listenForEnd({ probability, from, to }: JudgedWindow): Verdict {
    if (probability >= SPEECH_THRESHOLD) {
      this.#state = 'speaking';
      // The model lets go about one window late: speech ends where the last such window begins.
      this.#lastSpeechAt = from;
    } else if (probability < SILENCE_THRESHOLD) {
      this.#state = 'stopping';
    }
    const silence = to - this.#lastSpeechAt - this.#windowMs;
    if (this.#state !== 'stopping' || silence < this.#silenceMs) return undefined;
    this.#state = 'quiet';
    return { kind: 'end', at: this.#lastSpeechAt };
  }
}

/** A gate of four states on any model; it owns the model from now on. */
export function createVadGate(model: VadModel, options: GateOptions): SpeechGate {
  const windowMs = durationMs(model.windowSamples, model.rate);
  return new WindowedGate(model, new VadJudge(windowMs, options.silenceMs ?? DEFAULT_SILENCE_MS), options);
}
