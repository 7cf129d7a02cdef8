import type { OpusRate } from '../contracts/index.ts';
import { type GainRamp, ramp } from './ramp.ts';

/** 20 ms of voice that leave. */
export interface LeavingVoice {
  readonly rate: OpusRate;
  /** Mono, for a moment. What leaves as an engine's Opus is decoded when this is asked for: so at once, or never. */
  readonly samples: Int16Array;
}

/** What leaves as Opus that an engine has made, or in place of it. */
export class LeavingOpus implements LeavingVoice {
  readonly rate: OpusRate;
  readonly #decode: () => Int16Array;
  readonly #gain: GainRamp;
  #samples: Int16Array | undefined;

  constructor(decode: () => Int16Array, gain: GainRamp, rate: OpusRate) {
    this.#decode = decode;
    this.#gain = gain;
    this.rate = rate;
  }

  get samples(): Int16Array {
    return (this.#samples ??= this.#heard());
  }

  #heard(): Int16Array {
    const decoded = this.#decode();
    const { from, to } = this.#gain;
    if (from === 1 && to === 1) return decoded;
    const samples = decoded.slice();
    ramp(samples, this.#gain);
    return samples;
  }
}
