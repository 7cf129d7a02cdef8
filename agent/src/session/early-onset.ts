import { HEARING_RATE } from '../contracts/index.ts';

/** What is looked at: 10 ms, for a sound to be told soon. */
const SLICE = HEARING_RATE / 100;
/** A sound stands so far above the line's usual level: so often its spread, and so many dB at least... */
const ONSET_SPREADS = 2.5;
const ONSET_DB = 5;
/** ...for so many slices, and is no whisper: its least level, in dB of one sample unit. */
const ONSET_SLICES = 3;
const LEAST_DB = 35;
/** After this much without one, the next sound is another one, in slices. */
const REST_SLICES = 25;
/** The usual level and its spread follow the line: by so much of the way a slice, and a sound moves them less. */
const FOLLOW = 0.02;
const FOLLOW_SOUND = 0.003;
/** Slices that still count when a stream is taken up anew. */
const REMEMBERED = 10;
/** Packets of a stream taken up anew that only teach. */
const LEARNING = 5;

/**
 * Tells that a sound begins as its packets come, before the jitter buffer gives them out and voice detection knows
 * whether it is speech: some 60 ms sooner. Good for what can be taken back at once.
 */
export class EarlyOnset {
  readonly #onOnset: () => void;
  #usual = 0;
  #spread = 0;
  #slices = 0;
  #loud = 0;
  #rest = 0;
  #learning = LEARNING;

  constructor(onOnset: () => void) {
    this.#onOnset = onOnset;
  }

  /** What a packet holds, at 16 kHz, as it comes. */
  receive(samples: Int16Array): void {
    for (let at = 0; at + SLICE <= samples.length; at += SLICE) this.#hear(levelOf(samples, at, SLICE));
    if (this.#learning > 0) this.#learning--;
  }

  /** Packets were left out: what comes next is heard anew. */
  pause(): void {
    this.#learning = LEARNING;
    this.#slices = Math.min(this.#slices, REMEMBERED);
    this.#loud = 0;
    this.#rest = 0;
  }

  #hear(level: number): void {
    const above = this.#slices++ === 0 ? 0 : level - this.#usual;
    const loud = level >= LEAST_DB && above >= Math.max(ONSET_DB, ONSET_SPREADS * this.#spread);
    // The first slices share the weight evenly.
    const follow = Math.max(loud ? FOLLOW_SOUND : FOLLOW, 1 / this.#slices);
    this.#usual = level - above * (1 - follow);
    this.#spread += (Math.abs(above) - this.#spread) * follow;
    this.#loud = loud ? this.#loud + 1 : 0;
    if (this.#rest > 0) this.#rest = loud ? REST_SLICES : this.#rest - 1;
    if (this.#loud < ONSET_SLICES || this.#rest > 0) return;
    this.#rest = REST_SLICES;
    if (this.#learning === 0) this.#onOnset();
  }
}

/** In dB of one sample unit. */
function levelOf(pcm: Int16Array, from: number, size: number): number {
  let sum = 0;
  for (let i = from; i < from + size; i++) sum += (pcm[i] as number) ** 2;
  return 10 * Math.log10(sum / size + 1);
}
