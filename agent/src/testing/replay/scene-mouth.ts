import type { OpusRate } from '../../contracts/audio.ts';
import { FRAME_MS, type Mouth, type Speech, type SpeechOptions } from '../../contracts/index.ts';
import type { Clock } from '../../kernel/index.ts';
import { QueuedSpeech } from '../../session/mouth-speech.ts';
import { ramp } from '../../session/ramp.ts';
import type { VoiceFrame } from './seen.ts';

/** One utterance of the agent, as it left. Times are clock's ms; `startedAt` of its first frame, if any left. */
export interface SpokenRecord {
  /** The chunks that were written, as they are. */
  readonly written: Int16Array[];
  /** Frames as they were taken, before any gain. */
  readonly heard: Int16Array[];
  startedAt?: number;
  /** Its last frame was over; grows while it plays. */
  lastAt: number;
  /** No more of it comes. */
  endedAt?: number;
  cut: boolean;
  readonly signal: AbortSignal;
  /** Undefined for what is no reply of its own. */
  reply?: number;
}

export interface SceneMouthOptions {
  readonly clock: Clock;
  /** Each frame as it leaves, with its gain; `from`: its first sample in the speech. */
  readonly onVoice: (frame: Int16Array, rate: OpusRate, at: number, spoken: SpokenRecord, from: number) => void;
}

/** A mouth without RTP: the queue of the real one, a frame each 20 ms of its clock, and a record of all of it. */
export class SceneMouth implements Mouth {
  readonly spoken: SpokenRecord[] = [];
  readonly frames: VoiceFrame[] = [];
  lastVoiceAt = 0;
  readonly #options: SceneMouthOptions;
  readonly #queue: { readonly speech: QueuedSpeech; readonly record: SpokenRecord }[] = [];
  #gain = 1;
  #targetGain = 1;
  #held = false;
  #stop: () => void;

  constructor(options: SceneMouthOptions) {
    this.#options = options;
    const tick = (): void => {
      this.#tick(options.clock.now());
      this.#stop = options.clock.after(FRAME_MS, tick);
    };
    this.#stop = options.clock.after(FRAME_MS, tick);
  }

  speak(options: SpeechOptions): Speech {
    const { clock } = this.#options;
    const { signal } = options;
    const record: SpokenRecord = { written: [], heard: [], lastAt: 0, cut: false, signal };
    const onAbort = (): void => {
      if (speech.over) return;
      record.cut = true;
      record.endedAt = clock.now();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const speech = new QueuedSpeech(options, options.rate as OpusRate);
    this.spoken.push(record);
    this.#queue.push({ speech, record });
    return {
      write(samples) {
        record.written.push(samples);
        return speech.write(samples);
      },
      end: () => speech.end(),
      get playedMs() {
        return speech.playedMs;
      },
    };
  }

  duck(gain: number): void {
    this.#targetGain = gain;
  }

  hold(): void {
    this.#held = true;
  }

  resume(): void {
    this.#held = false;
  }

  get held(): boolean {
    return this.#held;
  }

  close(): void {
    this.#stop();
  }

  #tick(now: number): void {
    while (this.#queue[0]?.speech.over) this.#end(now);
    const head = this.#held ? undefined : this.#queue[0];
    const frame = new Int16Array(((head?.speech.rate ?? 0) * FRAME_MS) / 1000);
    if (head?.speech.takeInto(frame)) {
      const { speech, record } = head;
      const from = record.heard.reduce((sum, { length }) => sum + length, 0);
      record.heard.push(frame.slice());
      ramp(frame, { from: this.#gain, to: this.#targetGain });
      this.#gain = this.#targetGain;
      record.startedAt ??= now;
      record.lastAt = now + FRAME_MS;
      this.lastVoiceAt = now;
      this.#log(now, record);
      this.#options.onVoice(frame, speech.rate, now, record, from);
      speech.sent(now);
      if (speech.over) this.#end(now);
    } else {
      // As in the real one: a voice that was held comes back from nothing.
      this.#gain = this.#held ? 0 : this.#targetGain;
      this.#log(now, undefined);
    }
  }

  #log(at: number, spoken: SpokenRecord | undefined): void {
    this.frames.push({ at, spoken, gain: this.#gain, held: this.#held });
  }

  #end(now: number): void {
    const over = this.#queue.shift();
    if (over) over.record.endedAt ??= now;
  }
}
