/** Packets before one that a decoder is given first where it has not followed: after these it is as good as if it had. */
const LEAD = 4;

/** 20 ms of voice as an engine has encoded them. */
export class OpusFrame {
  readonly packet: Uint8Array;
  /** The latest packets before it in its stream, in order; none where it is the first. */
  readonly lead: readonly Uint8Array[];
  /** What it sounds like, while that is known. */
  samples: Int16Array | undefined;
  /** Mean square of its samples; undefined where nobody has decoded it. */
  power: number | undefined;

  /** `before`: the frame before it in its stream, whose coder started from nothing where there is none. */
  constructor(packet: Uint8Array, before: OpusFrame | undefined) {
    this.packet = packet;
    this.lead = before ? [...before.lead, before.packet].slice(-LEAD) : [];
  }

  /** It is the first of its stream. */
  get begins(): boolean {
    return this.lead.length === 0;
  }

  /** It is what comes after `frame` in its stream. */
  follows(frame: OpusFrame | undefined): boolean {
    return frame !== undefined && this.lead.at(-1) === frame.packet;
  }
}

/** 20 ms of voice: samples, or Opus that an engine has made. */
export type VoiceFrame = Int16Array | OpusFrame;
