import { Framer } from '../codec/index.ts';
import { FRAME_MS, HEARING_RATE, type PcmFrame } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Tick, Ticker } from '../rtp/index.ts';

export interface PcmEarOptions {
  readonly ticker: Ticker;
  readonly clock: Clock;
  /** 20 ms at 16 kHz, from the first audio on. `at` counts them without a break. */
  readonly onFrame: (frame: PcmFrame) => void;
}

/** Audio that may wait to be heard, in ms; beyond it the oldest is dropped. */
export const MAX_WAITING_MS = 120_000;
/** Frames that are heard in one tick where more have come than real time brings. */
const CATCH_UP_FRAMES = 4;
/** Frames that may be late before their place is silence, beside the length of what comes at once... */
const PATIENCE_FRAMES = 10;
const MAX_PATIENCE_FRAMES = 50;
/** ...for so long: any turn is over by then. */
const SILENT_FRAMES = 500;
const FRAME_SAMPLES = (FRAME_MS * HEARING_RATE) / 1000;
/** Frames whose arrival is remembered: 20 s. */
const REMEMBERED = 1024;

/** One caller's voice as PCM: whatever comes, in chunks of any size, goes out as frames; a caller who sends nothing is silent. */
export class PcmEar {
  readonly #options: PcmEarOptions;
  readonly #framer = new Framer(FRAME_SAMPLES);
  readonly #arrivals = new Float64Array(REMEMBERED);
  #frames = 0;
  #pushedAt = 0;
  #silent = 0;
  #starved = 0;
  #patience = PATIENCE_FRAMES;
  #dropped = 0;
  #leaveTicker: (() => void) | undefined;
  #closed = false;

  constructor(options: PcmEarOptions) {
    this.#options = options;
  }

  /** Mono at 16 kHz; taken over as it is. */
  push(samples: Int16Array): void {
    if (this.#closed || samples.length === 0) return;
    this.#framer.push(samples);
    this.#pushedAt = this.#options.clock.now();
    while (this.#framer.size > (MAX_WAITING_MS * HEARING_RATE) / 1000) {
      this.#framer.take();
      this.#dropped++;
    }
    this.#starved = 0;
    this.#patience = Math.min(MAX_PATIENCE_FRAMES, PATIENCE_FRAMES + Math.ceil(samples.length / FRAME_SAMPLES));
    this.#leaveTicker ??= this.#options.ticker.add((tick) => this.#onTick(tick));
  }

  /** What waits is not heard. */
  forget(): void {
    this.#dropped += Math.floor(this.#framer.size / FRAME_SAMPLES);
    this.#framer.clear();
  }

  /** Clock's ms at which the frame with this `at` was there; of what comes faster than real time, a frame before it was heard. */
  arrivedAt(at: number): number | undefined {
    const index = Math.floor(at / FRAME_MS);
    const known = index >= 0 && index < this.#frames && index >= this.#frames - REMEMBERED;
    return known ? this.#arrivals[index % REMEMBERED] : undefined;
  }

  /** How much of what the caller has sent is heard, in ms. */
  get heardMs(): number {
    return (this.#frames - this.#silent + this.#dropped) * FRAME_MS;
  }

  /** No frame comes after this; can be called again. */
  close(): void {
    this.#closed = true;
    this.#rest();
    this.#framer.clear();
  }

  #onTick({ due }: Tick): void {
    for (let i = 0; i < CATCH_UP_FRAMES; i++) {
      const samples = this.#framer.take();
      if (!samples) break;
      this.#handOut(samples, Math.min(due, Math.max(this.#pushedAt, due - FRAME_MS)));
      if (this.#closed) return;
    }
    if (this.#framer.size >= FRAME_SAMPLES) return;
    this.#starved++;
    if (this.#starved <= this.#patience) return;
    if (this.#starved > this.#patience + SILENT_FRAMES) {
      this.#rest();
      return;
    }
    this.#silent++;
    this.#handOut(new Int16Array(FRAME_SAMPLES), due);
  }

  #handOut(samples: Int16Array, arrival: number): void {
    const at = this.#frames * FRAME_MS;
    this.#arrivals[this.#frames % REMEMBERED] = arrival;
    this.#frames++;
    this.#options.onFrame({ samples, rate: HEARING_RATE, at });
  }

  #rest(): void {
    this.#leaveTicker?.();
    this.#leaveTicker = undefined;
  }
}
