import { randomInt } from 'node:crypto';
import type { OpusEncoder, OpusLibrary } from '../codec/index.ts';
import { FRAME_MS, type MouthRtp, type OpusRate } from '../contracts/index.ts';
import { RTP_HEADER_BYTES, type RtpSocket, writeRtpHeader } from '../rtp/index.ts';
import type { LossSettings } from './mouth-loss.ts';

const RTP_UNITS_A_FRAME = FRAME_MS * 48;
/** Length of the ramp to silence where a voice stops in mid-word, in ms. It halves the click; longer gains nothing. */
const FADE_MS = 2;

export interface VoiceStreamOptions {
  readonly rtp: MouthRtp;
  readonly socket: RtpSocket;
  readonly library: OpusLibrary;
}

/** The RTP stream of the voice: frames in, packets out at once, with the header's numbers kept in order. */
export class VoiceStream {
  readonly #options: VoiceStreamOptions;
  readonly #encoders = new Map<OpusRate, OpusEncoder>();
  #loss: LossSettings = { fec: false, expectedLossPercent: 0 };
  #sequence = randomInt(0x10000);
  readonly #firstTimestamp = randomInt(0x100000000);
  #lastSample = 0;
  #speaking = false;

  constructor(options: VoiceStreamOptions) {
    this.#options = options;
  }

  /** Sends a frame of voice. `index` counts frames of wall time, sent or not. */
  sendVoice(frame: Int16Array, rate: OpusRate, index: number): void {
    this.#send(frame, rate, index, !this.#speaking);
    this.#speaking = true;
    this.#lastSample = frame[frame.length - 1] as number;
  }

  /** Sends a frame of silence, which starts with a short fade from where the voice stopped. */
  sendSilence(rate: OpusRate, index: number): void {
    const frame = new Int16Array((rate * FRAME_MS) / 1000);
    const fade = (rate * FADE_MS) / 1000;
    if (this.#lastSample !== 0) {
      for (let i = 0; i < fade; i++) frame[i] = this.#lastSample * (1 - (i + 1) / fade) ** 2;
    }
    this.#lastSample = 0;
    this.#speaking = false;
    this.#send(frame, rate, index, false);
  }

  /** From the next frame on. */
  setLoss(loss: LossSettings): void {
    this.#loss = loss;
    for (const encoder of this.#encoders.values()) encoder.setLoss(loss);
  }

  close(): void {
    for (const encoder of this.#encoders.values()) encoder.close();
    this.#encoders.clear();
  }

  #send(frame: Int16Array, rate: OpusRate, index: number, marker: boolean): void {
    const { rtp, socket } = this.#options;
    const packet = this.#encoder(rate).encode(frame, RTP_HEADER_BYTES);
    const timestamp = (this.#firstTimestamp + index * RTP_UNITS_A_FRAME) % 2 ** 32;
    const { payloadType, ssrc } = rtp;
    writeRtpHeader(packet, { payloadType, ssrc, marker, sequence: this.#sequence, timestamp });
    this.#sequence = (this.#sequence + 1) & 0xffff;
    socket.send(packet, rtp.remote);
  }

  #encoder(rate: OpusRate): OpusEncoder {
    let encoder = this.#encoders.get(rate);
    if (!encoder) {
      encoder = this.#options.library.encoder({ rate, ...this.#loss });
      this.#encoders.set(rate, encoder);
    }
    return encoder;
  }
}
