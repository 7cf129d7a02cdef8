import type { OpusRate } from '../contracts/index.ts';
import { momentarySamples } from '../kernel/index.ts';
import { OpusError } from './opus-error.ts';
import { MAX_PACKET_BYTES, MAX_PACKET_SAMPLES, type OpusWasm } from './opus-wasm.ts';

export interface OpusDecoderOptions {
  /** Hz of what comes out, whatever the packets were made from. */
  readonly rate: OpusRate;
  /** Mono: stereo packets are mixed down. */
  readonly channels?: 1;
}

/**
 * One stream's decoder. All results are mono PCM at `rate`, owned by the caller, for a moment (`momentarySamples`).
 * Throws OpusError: `invalid-packet` for what is not Opus, after which it goes on as if nothing had come; `closed`.
 */
export class OpusDecoder {
  readonly rate: OpusRate;
  readonly #wasm: OpusWasm;
  #state: number;

  /** @internal Made by `OpusLibrary.decoder`. */
  constructor(wasm: OpusWasm, { rate }: OpusDecoderOptions) {
    this.#wasm = wasm;
    this.rate = rate;
    this.#state = wasm.allocate(wasm.exports.opus_decoder_get_size(1));
    const code = wasm.exports.opus_decoder_init(this.#state, rate, 1);
    if (code < 0) {
      this.close();
      throw OpusError.fromCode(code, 'open decoder');
    }
  }

  /** The audio of one packet, 2.5 to 120 ms. */
  decode(packet: Uint8Array): Int16Array {
    return this.#run(packet, (MAX_PACKET_SAMPLES * this.rate) / 48_000, 0);
  }

  /**
   * The `samples` of audio that went lost right before `nextPacket`, from the copy that it carries (see `hasFec`);
   * concealed where it carries none. Then decode `nextPacket` itself.
   */
  decodeFec(nextPacket: Uint8Array, samples: number): Int16Array {
    return this.#run(nextPacket, samples, 1);
  }

  /** `samples` of audio (a multiple of 2.5 ms) guessed from what was heard before. */
  conceal(samples: number): Int16Array {
    return this.#run(NO_PACKET, samples, 0);
  }

  /** Gives the memory back; can be called again. */
  close(): void {
    if (this.#state === 0) return;
    this.#wasm.free(this.#state);
    this.#state = 0;
  }

  #run(packet: Uint8Array, room: number, fec: 0 | 1): Int16Array {
    if (this.#state === 0) throw new OpusError('closed', 'decode');
    if (packet.length > MAX_PACKET_BYTES) throw new OpusError('invalid-packet', 'decode');
    if (!(room > 0 && room <= MAX_PACKET_SAMPLES)) throw new RangeError(`${room} samples of audio`);
    if (packet !== NO_PACKET && packet.length === 0) throw new OpusError('invalid-packet', 'decode');
    const { exports, packetPointer, pcmPointer } = this.#wasm;
    this.#wasm.bytes.set(packet, packetPointer);
    const input = packet === NO_PACKET ? 0 : packetPointer;
    const made = exports.opus_decode(this.#state, input, packet.length, pcmPointer, room, fec);
    if (made < 0) throw OpusError.fromCode(made, 'decode');
    const from = pcmPointer >> 1;
    const pcm = momentarySamples(made);
    pcm.set(this.#wasm.samples.subarray(from, from + made));
    return pcm;
  }
}

const NO_PACKET = new Uint8Array(0);
