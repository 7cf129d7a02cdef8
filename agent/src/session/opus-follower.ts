import { type OpusDecoder, OpusError, type OpusLibrary } from '../codec/index.ts';
import { FRAME_MS, type OpusRate } from '../contracts/index.ts';
import type { OpusFrame } from './opus-frame.ts';

/** Frames whose samples are kept: the one that leaves, the one after it and the one before. */
const KEPT = 3;

/** What packets sound like that leave undecoded, where somebody asks: a decoder that follows them, or catches up. */
export class OpusFollower {
  readonly #library: OpusLibrary;
  #decoder: OpusDecoder | undefined;
  /** The latest that were decoded, in that order. */
  readonly #decoded: OpusFrame[] = [];

  constructor(library: OpusLibrary) {
    this.#library = library;
  }

  /** For a moment; not to be written to. */
  samplesOf(frame: OpusFrame, rate: OpusRate): Int16Array {
    const length = (rate * FRAME_MS) / 1000;
    if (frame.samples?.length === length) return frame.samples;
    const samples = decoded(this.#decoderFor(frame, rate), frame.packet, length);
    frame.samples = samples;
    frame.power = powerOf(samples);
    this.#decoded.push(frame);
    const forgotten = this.#decoded.length > KEPT ? this.#decoded.shift() : undefined;
    if (forgotten) forgotten.samples = undefined;
    return samples;
  }

  close(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
  }

  #decoderFor(frame: OpusFrame, rate: OpusRate): OpusDecoder {
    if (this.#decoder?.rate === rate && frame.follows(this.#decoded.at(-1))) return this.#decoder;
    this.close();
    this.#decoder = this.#library.decoder({ rate });
    for (const before of frame.lead) decoded(this.#decoder, before, (rate * FRAME_MS) / 1000);
    return this.#decoder;
  }
}

/** What is not Opus after all is guessed, as its listeners do. */
function decoded(decoder: OpusDecoder, packet: Uint8Array, samples: number): Int16Array {
  try {
    return decoder.decode(packet);
  } catch (error) {
    if (!(error instanceof OpusError) || error.reason !== 'invalid-packet') throw error;
    return decoder.conceal(samples);
  }
}

export function powerOf(samples: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < samples.length; i++) sum += samples[i]! ** 2;
  return sum / samples.length;
}
