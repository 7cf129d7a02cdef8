import { FRAME_MS } from '../contracts/index.ts';

export interface DelayLimits {
  /** Before anything is known of the network, and the least where packets are lost: FEC needs the next packet, in ms. */
  readonly startMs: number;
  /** The least on a clean network, in ms. */
  readonly minMs: number;
  /** The most, in ms. */
  readonly maxMs: number;
}

/** Measured, see ADR 0004: 60 ms lets FEC work, 200 ms lets retransmissions in; 20 ms carry a clean line. */
export const DELAY_LIMITS: DelayLimits = { startMs: 60, minMs: 20, maxMs: 200 };

/** The share of packets, late retransmissions included, that are to come in time. */
const QUANTILE = 0.97;
/** Each packet takes this much of the weight of all before it: a memory of about four seconds. */
const FORGET = 0.005;
/** How finely lateness is told, in ms. */
const STEP_MS = 5;
/** What is added to the lateness of those packets, in ms: the delay may fall short of its target by as much. */
const MARGIN_MS = 10;
/** Packets before the measured target counts. */
const ENOUGH = 50;
/** The fastest packet of this long, in ms, is the zero that others are late against. */
const BASELINE_MS = 5000;
/** The target falls by one frame in this long, in ms; it rises at once. */
const FALL_MS = 1000;
/** Losing more than this share, FEC is worth its delay. */
const LOSSY = 0.005;

/** How long packets should wait before they are played, learnt from how late they come. */
export class DelayTarget {
  readonly #limits: DelayLimits;
  /** Weight of each step of lateness. */
  readonly #histogram: Float64Array;
  #count = 0;
  #fastest = Number.POSITIVE_INFINITY;
  #fastestBefore = Number.POSITIVE_INFINITY;
  #baselineSince = Number.NEGATIVE_INFINITY;
  #lossRate = 0;
  #target: number;
  #fellAt = 0;

  constructor(limits: DelayLimits = DELAY_LIMITS) {
    this.#limits = limits;
    this.#target = limits.startMs;
    this.#histogram = new Float64Array(Math.ceil(limits.maxMs / STEP_MS) + 1);
  }

  /** Ms that a packet should wait, counted from the arrival of the fastest. */
  get ms(): number {
    return this.#target;
  }

  /** Transit (arrival less media time, in ms) of the fastest packets of late. */
  get baseline(): number {
    return Math.min(this.#fastest, this.#fastestBefore);
  }

  /** How much later than the fastest a packet of this transit is, in ms; negative where it is faster. */
  lateness(transit: number): number {
    return this.#count === 0 ? 0 : transit - this.baseline;
  }

  /** A packet has come, in time or not. */
  observe(transit: number, arrival: number): void {
    if (arrival - this.#baselineSince > BASELINE_MS) {
      this.#fastestBefore = this.#fastest;
      this.#fastest = transit;
      this.#baselineSince = arrival;
    }
    this.#fastest = Math.min(this.#fastest, transit);
    const bucket = Math.min(this.#histogram.length - 1, Math.floor((transit - this.baseline) / STEP_MS));
    this.#count++;
    // The first packets share the weight evenly, later ones fade out.
    const weight = Math.max(FORGET, 1 / this.#count);
    for (let i = 0; i < this.#histogram.length; i++) this.#histogram[i]! *= 1 - weight;
    this.#histogram[bucket]! += weight;
    this.#retarget(arrival);
  }

  /** A packet is played, and `lost` before it never came in time. */
  played(lost: number): void {
    for (let i = 0; i < Math.min(lost, 10); i++) this.#lossRate += (1 - this.#lossRate) * FORGET;
    this.#lossRate -= this.#lossRate * FORGET;
  }

  #retarget(now: number): void {
    const { startMs, minMs, maxMs } = this.#limits;
    const least = this.#lossRate > LOSSY || this.#count < ENOUGH ? startMs : minMs;
    const wanted = Math.min(maxMs, Math.max(least, this.#quantile() + MARGIN_MS));
    if (wanted > this.#target) this.#target = wanted;
    else if (wanted < this.#target && now - this.#fellAt > FALL_MS) {
      this.#target = Math.max(wanted, this.#target - FRAME_MS);
      this.#fellAt = now;
    }
  }

  /** Upper edge of the lateness that `QUANTILE` of the packets keep, in ms. */
  #quantile(): number {
    let sum = 0;
    for (let i = 0; i < this.#histogram.length; i++) {
      sum += this.#histogram[i]!;
      if (sum >= QUANTILE) return (i + 1) * STEP_MS;
    }
    return this.#histogram.length * STEP_MS;
  }
}
