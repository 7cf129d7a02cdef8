import { HEARING_RATE, type VadModel } from '../contracts/index.ts';

export interface VadDoubleOptions {
  readonly windowSamples?: number;
  /** The probability of the `index`th window since the beginning; throws what it throws. By default: is it loud? */
  readonly judge?: (window: Int16Array, index: number) => number;
  /** Answers only when `answer` is called. */
  readonly held?: boolean;
  /** Takes windows that are silence without being asked. */
  readonly leavesOut?: boolean;
}

/** A voice model whose answers the test scripts and, if it likes, delays. */
export class VadDouble implements VadModel {
  readonly rate = HEARING_RATE;
  readonly windowSamples: number;
  /** Every window that was asked for, copied. */
  readonly asked: Int16Array[] = [];
  /** Every window that was left out, copied; in `order`, which of both kinds came when. */
  readonly leftOut: Int16Array[] = [];
  readonly order: ('asked' | 'left-out')[] = [];
  readonly leaveOut: VadModel['leaveOut'];
  resets = 0;
  closes = 0;
  readonly #judge: (window: Int16Array, index: number) => number;
  readonly #held: boolean;
  #waiting: (() => void) | undefined;

  constructor({ windowSamples = 512, judge = loudness, held = false, leavesOut = false }: VadDoubleOptions = {}) {
    this.windowSamples = windowSamples;
    this.#judge = judge;
    this.#held = held;
    this.leaveOut = leavesOut ? (window) => this.#noteLeftOut(window) : undefined;
  }

  /** True while a window waits for `answer`. */
  get waiting(): boolean {
    return this.#waiting !== undefined;
  }

  async probability(window: Int16Array): Promise<number> {
    if (this.#waiting) throw new TypeError('windows of one stream overlap');
    const index = this.asked.push(window.slice()) - 1;
    this.order.push('asked');
    if (this.#held) await new Promise<void>((resolve) => void (this.#waiting = resolve));
    return this.#judge(this.asked[index] as Int16Array, index);
  }

  /** Lets the window that waits have its answer. */
  answer(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  #noteLeftOut(window: Int16Array): void {
    this.leftOut.push(window.slice());
    this.order.push('left-out');
  }

  reset(): void {
    this.resets++;
  }

  close(): void {
    this.closes++;
  }
}

const loudness = (window: Int16Array): number => (window.some((sample) => Math.abs(sample) > 1000) ? 1 : 0);
