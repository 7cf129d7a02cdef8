import { durationMs, FRAME_MS, type Mouth, type Speech, type SpeechOptions } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';

/** A mouth without RTP: takes 20 ms of what was written each 20 ms of its clock, and remembers what was done to it. */
export class ClockedMouth implements Mouth {
  readonly log: string[] = [];
  lastVoiceAt = 0;
  readonly #clock: Clock;
  readonly #queue: ClockedSpeech[] = [];
  #held = false;
  #stop: () => void;

  constructor(clock: Clock) {
    this.#clock = clock;
    const tick = (): void => {
      this.#tick();
      this.#stop = clock.after(FRAME_MS, tick);
    };
    this.#stop = clock.after(FRAME_MS, tick);
  }

  speak(options: SpeechOptions): Speech {
    const speech = new ClockedSpeech(options);
    this.#queue.push(speech);
    return speech;
  }

  duck(gain: number): void {
    this.log.push(`duck ${gain}`);
  }

  hold(): void {
    this.log.push('hold');
    this.#held = true;
  }

  resume(): void {
    this.log.push('resume');
    this.#held = false;
  }

  get held(): boolean {
    return this.#held;
  }

  close(): void {
    this.#stop();
  }

  #tick(): void {
    if (this.#held) return;
    while (this.#queue[0]?.over) this.#queue.shift();
    if (this.#queue[0]?.take(this.#clock.now())) this.lastVoiceAt = this.#clock.now();
    while (this.#queue[0]?.over) this.#queue.shift();
  }
}

class ClockedSpeech implements Speech {
  playedMs = 0;
  #writtenMs = 0;
  #ended = false;
  readonly #done = Promise.withResolvers<void>();
  readonly #options: SpeechOptions;

  constructor(options: SpeechOptions) {
    this.#options = options;
    this.#done.promise.catch(() => {});
    options.signal.addEventListener('abort', () => this.#done.reject(options.signal.reason));
  }

  get over(): boolean {
    return this.#options.signal.aborted || (this.#ended && this.playedMs >= this.#writtenMs);
  }

  async write(samples: Int16Array): Promise<void> {
    this.#options.signal.throwIfAborted();
    this.#writtenMs += durationMs(samples.length, this.#options.rate);
  }

  end(): Promise<void> {
    this.#ended = true;
    if (this.over) this.#done.resolve();
    return this.#done.promise;
  }

  take(now: number): boolean {
    if (this.playedMs >= this.#writtenMs) return false;
    if (this.playedMs === 0) this.#options.onFirstPacket?.(now);
    this.playedMs = Math.min(this.playedMs + FRAME_MS, this.#writtenMs);
    if (this.over) this.#done.resolve();
    return true;
  }
}
