import { powerOf } from './opus-follower.ts';
import { OpusFrame, type VoiceFrame } from './opus-frame.ts';

/** What a caller can have missed at most before that is known, in ms. */
const LONGEST_MS = 10_000;
const FRAME_MS = 20;
/** Saying something again begins up to this much sooner, in ms: where it is quiet, so that a word is whole. */
const LEAD_MS = 600;

interface SaidFrame {
  readonly frame: VoiceFrame;
  /** Clock's ms at which it left. */
  readonly at: number;
}

/** The last frames of a speech that have left; the oldest are forgotten. */
export class SaidFrames {
  readonly #frames: SaidFrame[] = [];

  add(frame: VoiceFrame, at: number): void {
    this.#frames.push({ frame, at });
    if (this.#frames.length > LONGEST_MS / FRAME_MS) this.#frames.shift();
  }

  /** Takes back those that left after clock's ms `since`, and on to the beginning of a word. */
  takeSince(since: number): VoiceFrame[] {
    const first = this.#frames.findIndex(({ at }) => at > since);
    if (first === -1) return [];
    return this.#frames.splice(this.#quietestBefore(first)).map(({ frame }) => frame);
  }

  clear(): void {
    this.#frames.length = 0;
  }

  #quietestBefore(index: number): number {
    const from = Math.max(0, index - LEAD_MS / FRAME_MS);
    const frames = this.#frames.slice(from, index + 1).map(({ frame }) => frame);
    const powers = frames.map(powerIn);
    // Of what nobody has decoded the packets' sizes tell: silence takes few bytes.
    const levels = powers.includes(undefined) ? frames.map(bytesOf) : powers;
    let best = levels.length - 1;
    for (let i = best - 1; i >= 0; i--) if ((levels[i] ?? 0) < (levels[best] ?? 0)) best = i;
    return from + best;
  }
}

const powerIn = (frame: VoiceFrame): number | undefined => (frame instanceof OpusFrame ? frame.power : powerOf(frame));

/** Samples among packets are left alone: nothing is known of how they compare. */
const bytesOf = (frame: VoiceFrame): number => (frame instanceof OpusFrame ? frame.packet.length : Infinity);
