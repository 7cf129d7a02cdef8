import { FRAME_MS } from '../../contracts/index.ts';
import type { EchoJudgement } from './echo-gate.ts';

/** Voiced frames that the verdict is over: 160 ms. */
const WINDOW_FRAMES = 8;
/** Voiced frames without which there is no verdict: 60 ms. */
const MIN_FRAMES = 3;
/** Voiced frames that suffice to take it back: 80 ms. */
const LEAVE_FRAMES = 4;
/** Echo's share of the power from which on it is echo, and below which it no longer is. */
const ENTER_SHARE = 0.75;
const LEAVE_SHARE = 0.65;
/** A share that a line reaches only if it brings our voice back: a delay can be found in noise too. */
const RETURNING_SHARE = 0.5;
/** Level from which on a frame is voiced, in dB of full scale. */
const VOICED_DB = -58;
/** Age at which a frame counts no more, in ms. */
const STALE_MS = 400;

/** The gate's judgements of single frames, made into one steady answer: is what was heard just now only us? */
export class EchoVerdict {
  readonly #at = new Float64Array(WINDOW_FRAMES).fill(Number.NEGATIVE_INFINITY);
  readonly #total = new Float64Array(WINDOW_FRAMES);
  readonly #residual = new Float64Array(WINDOW_FRAMES);
  #count = 0;
  #echo = false;
  #returns = false;

  /** Each frame's judgement in order; `at` on the clock that `isEcho` is asked on, in ms. */
  hear(judgement: EchoJudgement, at: number): void {
    if (judgement.levelDb < VOICED_DB) return;
    const slot = this.#count++ % WINDOW_FRAMES;
    const total = 10 ** (judgement.levelDb / 10);
    this.#at[slot] = at;
    this.#total[slot] = total;
    this.#residual[slot] = total * (1 - judgement.echo);
    const share = this.#share(WINDOW_FRAMES, at);
    this.#returns ||= share >= RETURNING_SHARE;
    const stays = this.#share(LEAVE_FRAMES, at) >= LEAVE_SHARE;
    this.#echo = stays && (this.#echo || share >= ENTER_SHARE);
  }

  /** Whether the voiced frames of the last moment were our own voice. False where there were none. */
  isEcho(now: number): boolean {
    const newest = this.#at[(this.#count + WINDOW_FRAMES - 1) % WINDOW_FRAMES] as number;
    return this.#echo && now - newest <= STALE_MS - WINDOW_FRAMES * FRAME_MS;
  }

  /** The line has brought our voice back before, if only mixed with other sounds. */
  get returns(): boolean {
    return this.#returns;
  }

  reset(): void {
    this.#at.fill(Number.NEGATIVE_INFINITY);
    this.#count = 0;
    this.#echo = false;
    this.#returns = false;
  }

  /** Echo's share of the power of the last so many voiced frames; 0 where there are too few. */
  #share(frames: number, now: number): number {
    let total = 0;
    let residual = 0;
    let counted = 0;
    for (let back = 1; back <= Math.min(frames, this.#count); back++) {
      const slot = (this.#count - back) % WINDOW_FRAMES;
      if (now - (this.#at[slot] as number) > STALE_MS) break;
      total += this.#total[slot] as number;
      residual += this.#residual[slot] as number;
      counted++;
    }
    return counted >= MIN_FRAMES ? 1 - residual / total : 0;
  }
}
