import type { OpusRate } from '../contracts/index.ts';
import { momentaryBytes } from '../kernel/index.ts';
import { OpusError } from './opus-error.ts';
import { MAX_PACKET_BYTES, MAX_PACKET_SAMPLES, type OpusWasm } from './opus-wasm.ts';

/** `audio` is the cheaper at low complexity; `voip` is for speech that must survive loss. */
export type OpusApplication = 'voip' | 'audio';

/** Complexity 5 costs twice as much, and gives less than these 8 kbit/s do; docs/adr/0003. */
export const ENCODER_DEFAULTS = {
  application: 'audio',
  complexity: 4,
  bitrate: 40_000,
  fec: false,
  expectedLossPercent: 0,
  dtx: false,
} as const;

export interface OpusEncoderOptions {
  /** Hz of what goes in. */
  readonly rate: OpusRate;
  readonly application?: OpusApplication;
  /** 0 to 10. */
  readonly complexity?: number;
  /** Bits a second. */
  readonly bitrate?: number;
  /** Each packet carries a coarse copy of the one before, as far as loss is expected. */
  readonly fec?: boolean;
  /** 0 to 100. */
  readonly expectedLossPercent?: number;
  /** Silence gives packets of 2 bytes at most, which need not be sent. Only in speech mode (`voip`, or with FEC). */
  readonly dtx?: boolean;
}

const APPLICATION: Readonly<Record<OpusApplication, number>> = { voip: 2048, audio: 2049 };
const SIGNAL_AUTO = -1000;
const SIGNAL_VOICE = 3001;
const REQUEST = {
  bitrate: 4002,
  complexity: 4010,
  fec: 4012,
  loss: 4014,
  dtx: 4016,
  signal: 4024,
  independent: 4042,
} as const;

/** One voice's encoder, mono. Throws OpusError. */
export class OpusEncoder {
  readonly rate: OpusRate;
  readonly #wasm: OpusWasm;
  #state: number;

  /** @internal Made by `OpusLibrary.encoder`. */
  constructor(wasm: OpusWasm, options: OpusEncoderOptions) {
    const { rate, application, complexity, bitrate, fec, expectedLossPercent, dtx } = {
      ...ENCODER_DEFAULTS,
      ...options,
    };
    this.#wasm = wasm;
    this.rate = rate;
    this.#state = wasm.allocate(wasm.exports.opus_encoder_get_size(1));
    try {
      this.#check(wasm.exports.opus_encoder_init(this.#state, rate, 1, APPLICATION[application]), 'open encoder');
      this.#set('complexity', complexity);
      this.#set('bitrate', bitrate);
      this.#set('dtx', dtx ? 1 : 0);
      this.setLoss({ fec, expectedLossPercent });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /**
   * One packet, for a moment (`momentaryBytes`), from one frame of 2.5 to 60 ms; the first `reserve` bytes are left for a header of the caller's.
   * Throws OpusError `bad-argument` for a frame of any other length.
   */
  encode(frame: Int16Array, reserve = 0): Uint8Array {
    if (frame.length > MAX_PACKET_SAMPLES) throw new OpusError('bad-argument', 'encode');
    const state = this.#open();
    const { exports, packetPointer, pcmPointer } = this.#wasm;
    this.#wasm.samples.set(frame, pcmPointer >> 1);
    const made = exports.opus_encode(state, pcmPointer, frame.length, packetPointer, MAX_PACKET_BYTES);
    this.#check(made, 'encode');
    const packet = momentaryBytes(reserve + made);
    packet.set(this.#wasm.bytes.subarray(packetPointer, packetPointer + made), reserve);
    return packet;
  }

  /** From the next frame on, without a break in the audio. FEC asks for speech mode, the only one that carries it. */
  setLoss({ fec, expectedLossPercent }: { readonly fec: boolean; readonly expectedLossPercent: number }): void {
    this.#set('fec', fec ? 1 : 0);
    this.#set('loss', expectedLossPercent);
    this.#set('signal', fec ? SIGNAL_VOICE : SIGNAL_AUTO);
  }

  /** From the next frame on packets need none before them: for a listener that has heard another encoder until then. */
  setIndependent(on: boolean): void {
    this.#set('independent', on ? 1 : 0);
  }

  /** Gives the memory back; can be called again. */
  close(): void {
    if (this.#state === 0) return;
    this.#wasm.free(this.#state);
    this.#state = 0;
  }

  #open(): number {
    if (this.#state === 0) throw new OpusError('closed', 'encode');
    return this.#state;
  }

  #set(request: keyof typeof REQUEST, value: number): void {
    this.#check(this.#wasm.exports.opus_encoder_ctl_set(this.#open(), REQUEST[request], value), `set ${request}`);
  }

  #check(code: number, what: string): void {
    if (code < 0) throw OpusError.fromCode(code, what);
  }
}
