import { FRAME_MS, HEARING_RATE, type PcmFrame } from '../../contracts/index.ts';
import { Decimator } from './decimator.ts';
import { DelaySearch } from './delay-search.ts';
import { EchoFilter } from './echo-filter.ts';
import { FRAME_HOPS, HOP_MS, Spectra } from './spectrum.ts';

/** What a microphone frame is made of. Levels are of the band up to 3.4 kHz, in dB of full scale. */
export interface EchoJudgement {
  /** Share of its power, 0..1, that comes of what we sent; 0 where we sent nothing, or know no delay yet. */
  readonly echo: number;
  /** From a frame's leaving to the arrival of its echo, in ms, good to about 15 ms; undefined until it is known. */
  readonly delayMs: number | undefined;
  readonly levelDb: number;
  /** Level of what does not come of us. */
  readonly residualDb: number;
}

/** The gate works until so long after our voice, in ms: the longest delay and the room's tail. */
const ECHO_LASTS_MS = 1000;
/** Peak of a frame that holds neither voice nor echo, in sample units. */
const SILENT_PEAK = 16;
/** Windows that are kept of each signal. */
const FAR_ROOM = 128;
const NEAR_ROOM = 32;
/** Sent frames that wait until something is heard: all that an echo can come of. */
const MOST_UNLOOKED = FAR_ROOM / FRAME_HOPS;
/** The filter begins one window before the delay found: the direct sound may lie between two windows. */
const LEAD_HOPS = 1;
/** A delay found outside of these places in the filter makes it begin anew, ... */
const EARLIEST_TAP = 0;
const LATEST_TAP = 4;
/** ... when it has been found so many times in a row. */
const MOVED_TIMES = 3;
/** A caller's clock that is off from ours by more, in ms, for about a second is set anew. */
const MAX_CLOCK_ERROR_MS = 60;
const CLOCK_KEEP = 0.98;
/** A clock that is off by more, in ms, is another stream's. */
const NEW_STREAM_MS = 1000;
const MIN_DB = -100;

interface SentFrame {
  readonly samples: Int16Array;
  readonly rate: number;
  /** Number of its first window. */
  readonly index: number;
}

/**
 * Tells how much of what a microphone hears is our own voice, come back through a loudspeaker and a room. Give it each
 * frame that is sent and each that is heard. Pure: time comes in as ms of one monotonic clock.
 */
export class EchoGate {
  readonly #far = new Spectra(FAR_ROOM);
  readonly #near = new Spectra(NEAR_ROOM);
  /** Sent, and not looked at: who listens to us in silence costs nothing. */
  readonly #unlooked: SentFrame[] = [];
  readonly #farDecimators = new Map<number, Decimator>();
  readonly #nearDecimator = new Decimator(HEARING_RATE);
  readonly #search = new DelaySearch();
  readonly #filter = new EchoFilter();
  /** Clock's ms of window 0; both signals count their windows from there. */
  #epoch: number | undefined;
  #voiceAt = Number.NEGATIVE_INFINITY;
  /** Clock's ms less media ms of the microphone. */
  #offset: number | undefined;
  #clockError = 0;
  #lag: number | undefined;
  #moved = 0;

  /**
   * A frame of 20 ms that leaves at clock's `at`: best the ms at which it was due, which does not jitter. Frames that
   * are not told are silence. Rates: 8, 12, 16, 24 and 48 kHz; others throw RangeError.
   */
  sent(samples: Int16Array, rate: number, at: number): void {
    this.#farDecimator(rate).check(samples);
    this.#epoch ??= at;
    const index = FRAME_HOPS * Math.round((at - this.#epoch) / FRAME_MS);
    this.#unlooked.push({ samples: samples.slice(), rate, index });
    if (this.#unlooked.length > MOST_UNLOOKED) this.#unlooked.shift();
    if (isSound(samples)) this.#voiceAt = at;
  }

  /** A microphone frame of 20 ms at 16 kHz; frames are to come in order. `arrivedAt`: clock's ms of its packet. */
  judge(frame: PcmFrame, arrivedAt: number): EchoJudgement {
    const time = this.#clockTime(frame.at, arrivedAt);
    const delayMs = this.#lag === undefined ? undefined : this.#lag * HOP_MS + arrivedAt - time;
    const mayEcho = this.#epoch !== undefined && time - this.#voiceAt <= ECHO_LASTS_MS && isSound(frame.samples);
    if (this.#epoch === undefined || !mayEcho) return unjudged(frame.samples, delayMs);
    this.#lookAtSent();
    const near = this.#near;
    // Rounded apart: media time counts whole frames, and must not waver between two.
    const frames = Math.round(frame.at / FRAME_MS) + Math.round((time - frame.at - this.#epoch) / FRAME_MS);
    near.seek(FRAME_HOPS * frames);
    const { samples, offset } = near.next;
    this.#nearDecimator.frame(frame.samples, samples, offset);
    near.advance();
    // Once the delay is known, every second frame tells soon enough that it has moved.
    const due = this.#lag === undefined || near.count % (2 * FRAME_HOPS) === 0;
    if (due) this.#follow(this.#search.hear(this.#far, near, near.count - FRAME_HOPS));
    if (this.#lag === undefined) return unjudged(frame.samples, undefined);
    const { total, residual } = this.#predict(near.count - FRAME_HOPS, this.#lag);
    return {
      echo: total > 0 ? Math.max(0, 1 - residual / total) : 0,
      delayMs: this.#lag * HOP_MS + arrivedAt - time,
      levelDb: decibels(total),
      residualDb: decibels(residual),
    };
  }

  /** Forgets everything, the delay included. */
  reset(): void {
    this.#unlooked.length = 0;
    this.#far.reset();
    this.#near.reset();
    for (const decimator of this.#farDecimators.values()) decimator.reset();
    this.#nearDecimator.reset();
    this.#search.reset();
    this.#filter.reset();
    this.#epoch = undefined;
    this.#voiceAt = Number.NEGATIVE_INFINITY;
    this.#offset = undefined;
    this.#clockError = 0;
    this.#lag = undefined;
    this.#moved = 0;
  }

  #lookAtSent(): void {
    const far = this.#far;
    for (const { samples, rate, index } of this.#unlooked) {
      if (index > far.count) far.seek(index);
      const { samples: signal, offset } = far.next;
      this.#farDecimator(rate).frame(samples, signal, offset);
      far.advance();
    }
    this.#unlooked.length = 0;
  }

  #farDecimator(rate: number): Decimator {
    let decimator = this.#farDecimators.get(rate);
    if (!decimator) {
      decimator = new Decimator(rate);
      this.#farDecimators.set(rate, decimator);
    }
    return decimator;
  }

  /** The media clock on ours. Arrivals jitter, media does not; only an error that stays moves it, by whole frames. */
  #clockTime(mediaAt: number, arrivedAt: number): number {
    const offset = arrivedAt - mediaAt;
    if (this.#offset === undefined || Math.abs(offset - this.#offset) > NEW_STREAM_MS) {
      this.#offset = offset;
      this.#clockError = 0;
    }
    this.#clockError = CLOCK_KEEP * this.#clockError + (1 - CLOCK_KEEP) * (offset - this.#offset);
    if (Math.abs(this.#clockError) > MAX_CLOCK_ERROR_MS) {
      const frames = Math.round(this.#clockError / FRAME_MS);
      this.#offset += frames * FRAME_MS;
      this.#clockError -= frames * FRAME_MS;
      if (this.#lag !== undefined) this.#lag += frames * FRAME_HOPS;
    }
    return mediaAt + this.#offset;
  }

  #follow(found: number | undefined): void {
    if (found === undefined) return;
    const tap = this.#lag === undefined ? undefined : found - this.#lag + LEAD_HOPS;
    const fits = tap !== undefined && tap >= EARLIEST_TAP && tap <= LATEST_TAP;
    this.#moved = fits ? 0 : this.#moved + 1;
    if (fits || (this.#lag !== undefined && this.#moved < MOVED_TIMES)) return;
    this.#lag = found;
    this.#moved = 0;
    this.#filter.reset();
    // What was heard before the delay was known teaches the filter too.
    const now = this.#near.count - FRAME_HOPS;
    for (let index = now - NEAR_ROOM + FRAME_HOPS; index < now; index++) this.#hear(index, found);
  }

  #hear(index: number, lag: number): void {
    this.#filter.hear(this.#far, this.#near, index - lag + LEAD_HOPS, index);
  }

  /** Mean powers over the windows of the frame that begins with window `index`. */
  #predict(index: number, lag: number): { readonly total: number; readonly residual: number } {
    let total = 0;
    let residual = 0;
    for (let i = 0; i < FRAME_HOPS; i++) {
      this.#hear(index + i, lag);
      total += this.#filter.total / FRAME_HOPS;
      residual += this.#filter.residual / FRAME_HOPS;
    }
    return { total, residual };
  }
}

function isSound(samples: Int16Array): boolean {
  for (let i = 0; i < samples.length; i++) if (Math.abs(samples[i] as number) > SILENT_PEAK) return true;
  return false;
}

/** Levels of a frame that cannot hold an echo, or of which nothing is known yet. */
function unjudged(samples: Int16Array, delayMs: number | undefined): EchoJudgement {
  let power = 0;
  for (let i = 0; i < samples.length; i++) power += (samples[i] as number) ** 2;
  const levelDb = decibels(power / samples.length / 32768 ** 2);
  return { echo: 0, delayMs, levelDb, residualDb: levelDb };
}

const decibels = (power: number): number => Math.max(MIN_DB, 10 * Math.log10(power));
