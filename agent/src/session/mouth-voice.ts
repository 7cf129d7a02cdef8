import { randomInt } from 'node:crypto';
import type { OpusEncoder, OpusLibrary } from '../codec/index.ts';
import { FRAME_MS, type MouthRtp, type OpusRate } from '../contracts/index.ts';
import { momentaryBytes } from '../kernel/index.ts';
import { RTP_HEADER_BYTES, type RtpSocket, writeRtpHeader } from '../rtp/index.ts';
import { fadeFrom, inPlaceOf } from './mouth-join.ts';
import type { LossSettings } from './mouth-loss.ts';
import { OpusFollower, powerOf } from './opus-follower.ts';
import type { OpusFrame } from './opus-frame.ts';
import { type GainRamp, ramp } from './ramp.ts';

const RTP_UNITS_A_FRAME = FRAME_MS * 48;
/** A frame is a pause that is so much softer, in power, than the loudest that was encoded in place of an engine's. */
const PAUSE = 1 / 100;

export interface VoiceStreamOptions {
  readonly rtp: MouthRtp;
  readonly socket: RtpSocket;
  readonly library: OpusLibrary;
}

/** Encoded in place of a frame; `full`: as loud as that, `transformed`: not in a speech mode. */
interface InPlace {
  readonly frame: OpusFrame;
  readonly full: boolean;
  readonly transformed: boolean;
}

/** What left last. */
type Sent =
  | { readonly kind: 'passed'; readonly frame: OpusFrame }
  | { readonly kind: 'encoded'; readonly inPlaceOf?: InPlace };

/** The RTP stream of the voice: frames in, packets out at once, with the header's numbers kept in order. */
export class VoiceStream {
  readonly #options: VoiceStreamOptions;
  readonly #encoders = new Map<OpusRate, OpusEncoder>();
  readonly #follower: OpusFollower;
  #loss: LossSettings = { fec: false, expectedLossPercent: 0 };
  #sequence = randomInt(0x10000);
  readonly #firstTimestamp = randomInt(0x100000000);
  /** Of what the encoder has been given. */
  #lastSample = 0;
  #sent: Sent = { kind: 'encoded' };
  #speaking = false;
  /** Power of the loudest frame since one has passed. */
  #loudest = 0;

  constructor(options: VoiceStreamOptions) {
    this.#options = options;
    this.#follower = new OpusFollower(options.library);
  }

  /** Sends a frame of voice. `index` counts frames of wall time, sent or not. */
  sendVoice(frame: Int16Array, rate: OpusRate, index: number): void {
    this.#catchUp(undefined, rate);
    this.#sendEncoded(frame, rate, index, true);
    this.#sent = { kind: 'encoded' };
  }

  /**
   * Sends a frame that an engine has encoded: as it is where it can be, else encoded anew from samples at `rate` Hz.
   * `next`: the frame after it, where that is known.
   */
  sendOpus(frame: OpusFrame, next: OpusFrame | undefined, gain: GainRamp, rate: OpusRate, index: number): void {
    const full = gain.from === 1 && gain.to === 1;
    if (full && this.#mayPass(frame, rate)) {
      const packet = momentaryBytes(RTP_HEADER_BYTES + frame.packet.length);
      packet.set(frame.packet, RTP_HEADER_BYTES);
      this.#send(packet, index, true);
      this.#sent = { kind: 'passed', frame };
      this.#loudest = 0;
      return;
    }
    this.#catchUp(frame, rate);
    const samples = inPlaceOf(this.samplesOf(frame, rate), next && this.samplesOf(next, rate), rate);
    ramp(samples, gain);
    const transformed = this.#sendEncoded(samples, rate, index, true);
    this.#sent = { kind: 'encoded', inPlaceOf: { frame, full, transformed } };
    this.#loudest = Math.max(this.#loudest, frame.power ?? 0);
  }

  /** Sends a frame of silence, which starts with a short fade from where the voice stopped. */
  sendSilence(rate: OpusRate, index: number): void {
    this.#catchUp(undefined, rate);
    const frame = new Int16Array((rate * FRAME_MS) / 1000);
    fadeFrom(this.#lastSample, frame, rate);
    this.#sendEncoded(frame, rate, index, false);
    this.#sent = { kind: 'encoded' };
  }

  /** What a frame sounds like, as it was made; for a moment, and not to be written to. */
  samplesOf(frame: OpusFrame, rate: OpusRate): Int16Array {
    return this.#follower.samplesOf(frame, rate);
  }

  /** From the next frame on. */
  setLoss(loss: LossSettings): void {
    this.#loss = loss;
    for (const encoder of this.#encoders.values()) encoder.setLoss(loss);
  }

  close(): void {
    for (const encoder of this.#encoders.values()) encoder.close();
    this.#encoders.clear();
    this.#follower.close();
  }

  /** The listener's decoder is where the engine's encoder was, and needs no FEC. See docs/adr/0021. */
  #mayPass(frame: OpusFrame, rate: OpusRate): boolean {
    if (this.#loss.fec) return false;
    // A decoder begins anew in either mode when it comes from the other, which is where a stream in a speech mode begins.
    if (frame.begins) return !isTransformed(frame.packet);
    if (this.#sent.kind === 'passed') return frame.follows(this.#sent.frame);
    const before = this.#sent.inPlaceOf;
    if (!before?.full || !frame.follows(before.frame)) return false;
    if (isTransformed(frame.packet)) return before.transformed;
    return powerOf(this.samplesOf(frame, rate)) < this.#loudest * PAUSE;
  }

  /** The encoder is told what passed it by; `next` comes after that. */
  #catchUp(next: OpusFrame | undefined, rate: OpusRate): void {
    if (this.#sent.kind !== 'passed') return;
    const passed = this.samplesOf(this.#sent.frame, rate);
    const frame = inPlaceOf(passed, next && this.samplesOf(next, rate), rate);
    this.#encoder(rate).encode(frame);
    this.#lastSample = frame.at(-1) ?? 0;
  }

  /** True where it was not encoded in a speech mode. */
  #sendEncoded(frame: Int16Array, rate: OpusRate, index: number, isVoice: boolean): boolean {
    const encoder = this.#encoder(rate);
    const joins = this.#sent.kind === 'passed';
    if (joins) encoder.setIndependent(true);
    const packet = encoder.encode(frame, RTP_HEADER_BYTES);
    if (joins) encoder.setIndependent(false);
    this.#lastSample = isVoice ? (frame.at(-1) ?? 0) : 0;
    this.#send(packet, index, isVoice);
    return isTransformed(packet.subarray(RTP_HEADER_BYTES));
  }

  /** `packet` has room for the header at its beginning. */
  #send(packet: Uint8Array, index: number, isVoice: boolean): void {
    const { rtp, socket } = this.#options;
    const marker = isVoice && !this.#speaking;
    this.#speaking = isVoice;
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

/** Coded as music is (CELT alone), not in one of the speech modes. */
const isTransformed = (packet: Uint8Array): boolean => (packet[0] ?? 0) >= 128;
