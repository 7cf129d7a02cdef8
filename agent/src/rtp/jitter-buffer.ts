import { FRAME_MS } from '../contracts/index.ts';
import { type DelayLimits, DelayTarget } from './delay-target.ts';
import type { RtpPacket } from './packet.ts';
import { Probation } from './probation.ts';
import { SeenSequences, SequenceUnwrapper, TimestampUnwrapper } from './sequence.ts';

/** A packet that waits for its time. Durations and timestamps are in RTP units of 48 kHz, past their wraps. */
export interface BufferedPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly duration: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
  /** Clock's ms. */
  readonly arrival: number;
  /** Left here by `onNext`. */
  audio?: Int16Array;
}

/** What to play next. Its `duration` of media time has gone by, in RTP units. */
export type Pulled =
  /** `surplus`: playing this late is more delay than needed; leave it out if it is silence. */
  | { readonly kind: 'packet'; readonly duration: number; readonly packet: BufferedPacket; readonly surplus: boolean }
  /** Sent but not here. `next` is there when it directly follows: its FEC may tell what was lost. */
  | { readonly kind: 'lost'; readonly duration: number; readonly next: BufferedPacket | undefined }
  /** Silence: the sender sent nothing. */
  | { readonly kind: 'gap'; readonly duration: number }
  /** Nothing is here: late, lost or silence, which only the next packet tells. */
  | { readonly kind: 'empty'; readonly duration: number };

/** Packets since the start. */
export interface JitterStats {
  received: number;
  /** Not there when their time came. */
  lost: number;
  /** Came after their time. */
  late: number;
  duplicates: number;
  /** Of no length that can be read. */
  malformed: number;
  /** Times that the stream was taken up anew: another SSRC, or timestamps that jumped. */
  restarts: number;
}

export interface JitterBufferOptions {
  /** Length of a payload's audio in ms; 0 where it is none. */
  readonly packetMs: (payload: Uint8Array) => number;
  /**
   * Each packet once, in the order of playing, as soon as none can come before it: as it arrives where none is missing,
   * else when it is pulled.
   */
  readonly onNext?: (packet: BufferedPacket) => void;
  readonly limits?: DelayLimits;
}

const UNITS_PER_MS = 48;
const FRAME = FRAME_MS * UNITS_PER_MS;
/** The queue's bound: two seconds of frames. On overflow the oldest goes. */
const CAPACITY = 100;
/** Delay short of the target by more than this is made longer, in ms. */
const SHORT_MS = 10;
/** Delay beyond the target by more than this is made shorter, in ms: a frame can go without falling short again. */
const SURPLUS_MS = 15;
/** Pulls between two changes of delay while packets flow. */
const ADJUST_EVERY = 5;
/** A packet further ahead of the stream than this, in ms, is no part of it. */
const JUMP_MS = 1000;

/**
 * Puts one sender's packets back into time. Media time runs on a local beat: each pull takes what is due next, whether
 * it has come or not. Keyed on timestamps; sequence numbers only tell silence (DTX) from loss.
 */
export class JitterBuffer {
  readonly stats: JitterStats = { received: 0, lost: 0, late: 0, duplicates: 0, malformed: 0, restarts: 0 };
  readonly #packetMs: (payload: Uint8Array) => number;
  readonly #onNext: ((packet: BufferedPacket) => void) | undefined;
  readonly #limits: DelayLimits | undefined;
  readonly #queue: BufferedPacket[] = [];
  readonly #probation = new Probation();
  #ssrc: number | undefined;
  #seen = new SeenSequences();
  #sequences = new SequenceUnwrapper();
  #timestamps = new TimestampUnwrapper();
  #delay: DelayTarget;
  /** Timestamp that is due next; undefined while the stream is gathering. */
  #cursor: number | undefined;
  #played: BufferedPacket | undefined;
  /** The last packet that `onNext` was told. */
  #told: BufferedPacket | undefined;
  #delayMs = 0;
  #lostSincePlayed = 0;
  #pullsSinceAdjust = 0;

  constructor({ packetMs, onNext, limits }: JitterBufferOptions) {
    this.#packetMs = packetMs;
    this.#onNext = onNext;
    this.#limits = limits;
    this.#delay = new DelayTarget(limits);
  }

  /** Packets that wait. */
  get size(): number {
    return this.#queue.length;
  }

  /** Ms that the fastest packets wait, as of the last pull; aimed at `targetMs`. */
  get delayMs(): number {
    return this.#delayMs;
  }

  get targetMs(): number {
    return this.#delay.ms;
  }

  /** A packet of this stream has come, at the clock's ms `arrival`. */
  insert(packet: RtpPacket, arrival: number): void {
    if (packet.ssrc !== this.#ssrc) this.#follow(packet.ssrc);
    const sequence = this.#sequences.unwrap(packet.sequence);
    if (this.#seen.has(sequence)) {
      this.stats.duplicates++;
      return;
    }
    const duration = this.#packetMs(packet.payload) * UNITS_PER_MS;
    // What is no audio is as good as lost; only padding, which probes the bandwidth, takes a number and no time.
    if (duration === 0 && packet.payload.length > 0) {
      this.stats.malformed++;
      return;
    }
    this.#seen.add(sequence);
    if (duration === 0) return;
    this.stats.received++;
    const timestamp = this.#timestamps.unwrap(packet.timestamp);
    if (!this.#inTime(timestamp, duration, arrival)) return;
    this.#place({ sequence, timestamp, duration, marker: packet.marker, payload: packet.payload, arrival });
    this.#tellThoseThatFollow();
  }

  /**
   * What is due; undefined while the first packets gather. `quiet` says that what was played last was silence, where
   * delay may change unheard.
   */
  pull(now: number, quiet: boolean): Pulled | undefined {
    const first = this.#queue[0];
    this.#cursor ??= this.#startAt(first, now);
    if (this.#cursor === undefined) return undefined;
    this.#delayMs = now - this.#cursor / UNITS_PER_MS - this.#delay.baseline;
    const behind = this.#delay.ms - this.#delayMs;
    this.#pullsSinceAdjust++;
    if (!first) return this.#pullNothing(behind, quiet);
    if (first.timestamp <= this.#cursor) return this.#pullPacket(first, behind, quiet);
    return this.#isLost(first, this.#cursor) ? this.#pullLost(first, behind) : this.#pullGap(first, behind);
  }

  #startAt(first: BufferedPacket | undefined, now: number): number | undefined {
    if (!first) return undefined;
    // Half a frame early or late, so that the delay is right on average.
    return now >= first.arrival + this.#delay.ms - FRAME_MS / 2 ? first.timestamp : undefined;
  }

  #pullPacket(first: BufferedPacket, behind: number, quiet: boolean): Pulled {
    const adjust = quiet && this.#pullsSinceAdjust > ADJUST_EVERY;
    if (adjust && behind > SHORT_MS) return this.#wait('gap');
    const surplus = adjust && behind < -SURPLUS_MS;
    if (surplus) this.#pullsSinceAdjust = 0;
    this.#queue.shift();
    if (!this.#told || first.sequence > this.#told.sequence) this.#tell(first);
    const lost = this.#played ? this.#seen.missingBetween(this.#played.sequence, first.sequence) : 0;
    this.stats.lost += lost;
    this.#delay.played(lost);
    this.#played = first;
    this.#lostSincePlayed = 0;
    this.#cursor = first.timestamp + first.duration;
    return { kind: 'packet', duration: first.duration, packet: first, surplus };
  }

  #pullLost(first: BufferedPacket, behind: number): Pulled {
    // More delay is wanted anyway: wait here, a retransmission may come yet.
    if (behind > SHORT_MS && this.#pullsSinceAdjust > 1) return this.#wait('empty');
    const span = first.timestamp - this.#cursor!;
    const duration = Math.min(span, this.#played?.duration ?? FRAME);
    this.#cursor! += duration;
    this.#lostSincePlayed++;
    const follows = span <= duration && !this.#seen.has(first.sequence - 1);
    return { kind: 'lost', duration, next: follows ? first : undefined };
  }

  #pullGap(first: BufferedPacket, behind: number): Pulled {
    if (behind > SHORT_MS) return this.#wait('gap');
    const spare = Math.floor((-behind - SURPLUS_MS) / FRAME_MS + 1) * FRAME;
    if (spare > 0) this.#cursor! += Math.min(spare, first.timestamp - this.#cursor!);
    if (first.timestamp <= this.#cursor!) return this.#pullPacket(first, 0, false);
    const duration = Math.min(first.timestamp - this.#cursor!, FRAME);
    this.#cursor! += duration;
    return { kind: 'gap', duration };
  }

  #pullNothing(behind: number, quiet: boolean): Pulled {
    if (behind > SHORT_MS) return this.#wait('empty');
    this.#cursor! += quiet && behind < -SURPLUS_MS ? 2 * FRAME : FRAME;
    return { kind: 'empty', duration: FRAME };
  }

  /** Lets a frame of time go by without media time: the delay grows. */
  #wait(kind: 'gap' | 'empty'): Pulled {
    this.#pullsSinceAdjust = 0;
    return { kind, duration: FRAME };
  }

  /** Is what is due at `cursor` missing, or was it never sent? Lost packets end a spurt, or stand before `first`. */
  #isLost(first: BufferedPacket, cursor: number): boolean {
    if (!this.#played) return false;
    const missing = this.#seen.missingBetween(this.#played.sequence, first.sequence);
    const frames = Math.ceil((first.timestamp - cursor) / this.#played.duration);
    return first.marker ? this.#lostSincePlayed < missing : frames <= missing;
  }

  #tellThoseThatFollow(): void {
    for (const packet of this.#queue) {
      if (this.#told && packet.sequence <= this.#told.sequence) continue;
      if (this.#told && this.#seen.missingBetween(this.#told.sequence, packet.sequence) > 0) return;
      this.#tell(packet);
    }
  }

  #tell(packet: BufferedPacket): void {
    this.#told = packet;
    this.#onNext?.(packet);
  }

  #place(packet: BufferedPacket): void {
    let at = this.#queue.length;
    while (at > 0 && this.#queue[at - 1]!.timestamp > packet.timestamp) at--;
    if (this.#queue[at - 1]?.timestamp === packet.timestamp) return;
    this.#queue.splice(at, 0, packet);
    if (this.#queue.length > CAPACITY) this.#queue.shift();
  }

  /** False for a packet out of time, unless it shows that the stream's time has moved. Learns from each. */
  #inTime(timestamp: number, duration: number, arrival: number): boolean {
    const transit = arrival - timestamp / UNITS_PER_MS;
    const ahead = this.#delay.lateness(transit) < -JUMP_MS;
    const late = this.#cursor !== undefined && timestamp + duration <= this.#cursor;
    if ((ahead || late) && !this.#probation.outOfTime(timestamp / UNITS_PER_MS, arrival)) {
      if (ahead) return false;
      this.stats.late++;
      this.#delay.observe(transit, arrival);
      return false;
    }
    if (ahead || late) this.#restart();
    this.#probation.clear();
    this.#delay.observe(transit, arrival);
    return true;
  }

  #follow(ssrc: number): void {
    const isFirst = this.#ssrc === undefined;
    this.#ssrc = ssrc;
    if (isFirst) return;
    this.#sequences = new SequenceUnwrapper();
    this.#timestamps = new TimestampUnwrapper();
    this.#seen = new SeenSequences();
    this.#restart();
  }

  #restart(): void {
    this.stats.restarts++;
    this.#queue.length = 0;
    this.#delay = new DelayTarget(this.#limits);
    this.#cursor = undefined;
    this.#played = undefined;
    this.#told = undefined;
    this.#lostSincePlayed = 0;
  }
}
