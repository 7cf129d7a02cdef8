import type { OpusLibrary } from '../codec/index.ts';
import {
  FRAME_MS,
  isOpusRate,
  type Mouth,
  type MouthRtp,
  type OpusRate,
  type Speech,
  type SpeechOptions,
} from '../contracts/index.ts';
import { type Clock, ScopeClosed } from '../kernel/index.ts';
import { parseReceptionReports, type RtpSocket, type Tick, type Ticker } from '../rtp/index.ts';
import { LeavingOpus, type LeavingVoice } from './leaving-voice.ts';
import { LossPolicy } from './mouth-loss.ts';
import { QueuedSpeech } from './mouth-speech.ts';
import { VoiceStream } from './mouth-voice.ts';
import { OpusFrame, type VoiceFrame } from './opus-frame.ts';
import { ramp } from './ramp.ts';

export interface RtpMouthOptions {
  readonly rtp: MouthRtp;
  readonly socket: RtpSocket;
  readonly library: OpusLibrary;
  readonly ticker: Ticker;
  readonly clock: Clock;
  /** Each frame of voice as it leaves; `at` is the clock's ms at which it was due. */
  readonly onVoice?: (voice: LeavingVoice, at: number) => void;
  /** Hz that speeches of a rate unknown to Opus are turned into. */
  readonly rate?: OpusRate;
}

const DEFAULT_RATE: OpusRate = 24_000;
/** Frames of silence after each stop: the listener's decoder ends on them instead of guessing on. */
const TAIL_FRAMES = 5;

/** Speaks over RTP, a packet each 20 ms while there is voice and none while there is not. */
export class RtpMouth implements Mouth {
  readonly takesOpus = true;
  readonly #options: RtpMouthOptions;
  readonly #rate: OpusRate;
  readonly #voice: VoiceStream;
  readonly #loss = new LossPolicy();
  readonly #stopListening: () => void;
  /** In the order they were opened; those that are over go at the next tick. */
  readonly #speeches: QueuedSpeech[] = [];
  #frame = new Int16Array(0);
  #lastRate: OpusRate;
  #gain = 1;
  #targetGain = 1;
  #held = false;
  /** Frames of silence to send: `warmUp` before speeches, `tail` when none has a frame. */
  #silence = { warmUp: 0, tail: 0 };
  #lastVoiceAt = 0;
  #leaveTicker: (() => void) | undefined;
  #closed: ScopeClosed | undefined;

  constructor(options: RtpMouthOptions) {
    this.#options = options;
    this.#rate = options.rate ?? DEFAULT_RATE;
    this.#lastRate = this.#rate;
    this.#voice = new VoiceStream(options);
    this.#stopListening = options.socket.onRtcp((bytes) => this.#onRtcp(bytes));
  }

  speak(options: SpeechOptions): Speech {
    const rate = isOpusRate(options.rate) ? options.rate : this.#rate;
    const resampler =
      rate === options.rate ? undefined : this.#options.library.resampler({ from: options.rate, to: rate });
    const speech = new QueuedSpeech(options, rate, resampler);
    if (this.#closed) speech.cut(this.#closed);
    if (speech.over) return speech;
    this.#speeches.push(speech);
    this.#joinTicker();
    return speech;
  }

  /**
   * Sends `ms` of silence before the first speech, so that the listener's jitter buffer has settled when it comes.
   * Nothing happens once a voice has been heard.
   */
  warmUp(ms: number): void {
    if (this.#closed || this.#lastVoiceAt > 0) return;
    this.#silence.warmUp = Math.ceil(ms / FRAME_MS);
    this.#joinTicker();
  }

  duck(gain: number): void {
    if (!(gain >= 0 && gain <= 1)) throw new RangeError(`gain ${gain}`);
    this.#targetGain = gain;
  }

  hold(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
  }

  /** Of the speech under way, if it is not over. */
  rewind(since: number): void {
    this.#speeches.find((speech) => !speech.over)?.rewind(since);
  }

  get held(): boolean {
    return this.#held;
  }

  get lastVoiceAt(): number {
    return this.#lastVoiceAt;
  }

  /** Cuts every speech, and sends nothing more; can be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = new ScopeClosed('mouth', 'done');
    this.#leaveTicker?.();
    this.#stopListening();
    for (const speech of this.#speeches.splice(0)) speech.cut(this.#closed);
    this.#voice.close();
  }

  #joinTicker(): void {
    this.#leaveTicker ??= this.#options.ticker.add((tick) => this.#onTick(tick));
  }

  #onTick({ index, due }: Tick): void {
    if (this.#silence.warmUp > 0) {
      this.#silence.warmUp--;
      this.#voice.sendSilence(this.#lastRate, index);
      return;
    }
    const speech = this.#held ? undefined : this.#first();
    const frame = speech && this.#nextOf(speech);
    if (frame) this.#sendVoice(speech, frame, index, due);
    else this.#beSilent(index);
  }

  #first(): QueuedSpeech | undefined {
    while (this.#speeches[0]?.over) this.#speeches.shift();
    return this.#speeches[0];
  }

  /** Samples are in `#frame`; undefined where there is no frame as yet. */
  #nextOf(speech: QueuedSpeech): VoiceFrame | undefined {
    const samples = (speech.rate * FRAME_MS) / 1000;
    if (this.#frame.length !== samples) this.#frame = new Int16Array(samples);
    return speech.takeInto(this.#frame);
  }

  #sendVoice(speech: QueuedSpeech, frame: VoiceFrame, index: number, due: number): void {
    const gain = { from: this.#gain, to: this.#targetGain };
    const { rate } = speech;
    this.#gain = gain.to;
    this.#lastRate = rate;
    if (frame instanceof OpusFrame) {
      this.#voice.sendOpus(frame, speech.nextOpus, gain, rate, index);
      this.#options.onVoice?.(new LeavingOpus(() => this.#voice.samplesOf(frame, rate), gain, rate), due);
    } else {
      ramp(frame, gain);
      this.#voice.sendVoice(frame, rate, index);
      this.#options.onVoice?.({ samples: frame, rate }, due);
    }
    this.#silence.tail = TAIL_FRAMES;
    this.#lastVoiceAt = this.#options.clock.now();
    speech.sent(this.#lastVoiceAt);
  }

  #beSilent(index: number): void {
    // A voice that was held in mid-word comes back from nothing; a new one starts as it is.
    this.#gain = this.#held ? 0 : this.#targetGain;
    if (this.#silence.tail > 0) {
      this.#silence.tail--;
      this.#voice.sendSilence(this.#lastRate, index);
    } else if (this.#speeches.every((speech) => speech.over)) {
      this.#speeches.length = 0;
      this.#leaveTicker?.();
      this.#leaveTicker = undefined;
    }
  }

  #onRtcp(bytes: Uint8Array): void {
    for (const { ssrc, fractionLost } of parseReceptionReports(bytes)) {
      const changed = ssrc === this.#options.rtp.ssrc ? this.#loss.report(fractionLost) : undefined;
      if (changed) this.#voice.setLoss(changed);
    }
  }
}
