import { type OpusDecoder, OpusError } from '../codec/index.ts';

/** What is looked at, in ms: short, for a sound to be told soon. */
const SLICE_MS = 10;
/** A sound stands so far above the line's own noise, in dB, for so many slices... */
const ONSET_DB = 10;
const ONSET_SLICES = 3;
/** ...and is no whisper: its least RMS, in sample units. */
const LEAST_RMS = 60;
/** After this much without one, the next sound is another one, in slices. */
const REST_SLICES = 25;
/** The noise is followed upwards by this factor of power a slice: doubled in 0.7 s. */
const FLOOR_RISE = 1.01;
/** Packets of a stream taken up anew that only teach: a decoder finds into it. */
const LEARNING = 5;

/**
 * Tells that a sound begins as its packets come, before the jitter buffer gives them out and voice detection knows
 * whether it is speech: some 60 ms sooner. Good for what can be taken back at once.
 */
export class EarlyOnset {
  readonly #decoder: OpusDecoder;
  readonly #onOnset: () => void;
  #floor = Number.POSITIVE_INFINITY;
  #loud = 0;
  #rest = 0;
  #learning = LEARNING;

  /** Owns the decoder from now on. */
  constructor(decoder: OpusDecoder, onOnset: () => void) {
    this.#decoder = decoder;
    this.#onOnset = onOnset;
  }

  /** A packet as it comes; what is no Opus is left to the ear to count. */
  receive({ payload }: { readonly payload: Uint8Array }): void {
    const pcm = this.#decode(payload);
    if (!pcm) return;
    const size = (this.#decoder.rate * SLICE_MS) / 1000;
    for (let at = 0; at + size <= pcm.length; at += size) this.#hear(powerOf(pcm, at, size));
    if (this.#learning > 0) this.#learning--;
  }

  /** Packets were left out: what comes next is heard anew. */
  pause(): void {
    this.#learning = LEARNING;
    this.#loud = 0;
    this.#rest = 0;
  }

  close(): void {
    this.#decoder.close();
  }

  #decode(payload: Uint8Array): Int16Array | undefined {
    try {
      return payload.length > 0 ? this.#decoder.decode(payload) : undefined;
    } catch (error) {
      if (!(error instanceof OpusError)) throw error;
      return undefined;
    }
  }

  #hear(power: number): void {
    this.#floor = Math.max(1, Math.min(power, this.#floor * FLOOR_RISE));
    const loud = power >= LEAST_RMS ** 2 && power >= this.#floor * 10 ** (ONSET_DB / 10);
    this.#loud = loud ? this.#loud + 1 : 0;
    if (this.#rest > 0) this.#rest = loud ? REST_SLICES : this.#rest - 1;
    if (this.#loud < ONSET_SLICES || this.#rest > 0) return;
    this.#rest = REST_SLICES;
    if (this.#learning === 0) this.#onOnset();
  }
}

function powerOf(pcm: Int16Array, from: number, size: number): number {
  let sum = 0;
  for (let i = from; i < from + size; i++) sum += (pcm[i] as number) ** 2;
  return sum / size;
}
