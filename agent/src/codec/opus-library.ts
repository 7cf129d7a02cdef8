/// <reference path="./ambient.d.ts" />
import { OpusDecoder, type OpusDecoderOptions } from './opus-decoder.ts';
import { OpusEncoder, type OpusEncoderOptions } from './opus-encoder.ts';
import { OpusWasm } from './opus-wasm.ts';
import { loadSpeex, Resampler, type ResamplerOptions, type Speex } from './resampler.ts';

/**
 * libopus in one WebAssembly instance, for every decoder and encoder of this thread, and a resampler for what Opus
 * does not take. Memory grows with the number of live codecs and is used again after they close; it never shrinks.
 */
export class OpusLibrary {
  readonly #wasm: OpusWasm;
  readonly #speex: Speex;

  private constructor(wasm: OpusWasm, speex: Speex) {
    this.#wasm = wasm;
    this.#speex = speex;
  }

  /** Compiles libopus, with SIMD where this machine has it. One a thread is enough. */
  static async load(options: { readonly simd?: boolean } = {}): Promise<OpusLibrary> {
    const simd = options.simd ?? WebAssembly.validate(SIMD_PROBE);
    return new OpusLibrary(await OpusWasm.load(simd), await loadSpeex(simd));
  }

  /** The caller closes it. Throws OpusError `out-of-memory`. */
  decoder(options: OpusDecoderOptions): OpusDecoder {
    return new OpusDecoder(this.#wasm, options);
  }

  /** The caller closes it. Throws OpusError `out-of-memory`, or `bad-argument` for an option out of range. */
  encoder(options: OpusEncoderOptions): OpusEncoder {
    return new OpusEncoder(this.#wasm, options);
  }

  /** The caller closes it. Throws RangeError for rates that are none. */
  resampler(options: ResamplerOptions): Resampler {
    return new Resampler(this.#speex, options);
  }

  /** Decoders and encoders that are not closed. */
  get live(): number {
    return this.#wasm.live;
  }

  /** Size of the instance's memory. */
  get memoryBytes(): number {
    return this.#wasm.bytes.length;
  }
}

// A module of one function that uses a v128: valid only where SIMD is there.
const SIMD_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11],
);
