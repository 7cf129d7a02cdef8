import { Framer, type Resampler } from '../codec/index.ts';
import { FRAME_MS, type OpusRate, type Speech, type SpeechOptions } from '../contracts/index.ts';

import { SaidFrames } from './said-frames.ts';

/** How far a writer may be ahead of the voice, in ms. */
export const MAX_AHEAD_MS = 20_000;

type State =
  | { readonly kind: 'open' }
  | { readonly kind: 'ending' }
  | { readonly kind: 'done' }
  | { readonly kind: 'cut'; readonly reason: unknown };

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** One utterance's queue: samples in at its own rate, whole frames out at an Opus rate. The mouth plays it. */
export class QueuedSpeech implements Speech {
  /** Hz of the frames that come out. */
  readonly rate: OpusRate;
  readonly #options: SpeechOptions;
  readonly #resampler: Resampler | undefined;
  readonly #framer: Framer;
  readonly #maxSamples: number;
  #state: State = { kind: 'open' };
  /** Writers that wait for room, then callers of `end` that wait for the last packet. */
  readonly #waiters: Waiter[] = [];
  readonly #said = new SaidFrames();
  #playedFrames = 0;
  #begun = false;
  #taken: Int16Array | undefined;

  /** `resampler` turns the rate of the options to `rate`; absent where they are the same. */
  constructor(options: SpeechOptions, rate: OpusRate, resampler?: Resampler) {
    this.rate = rate;
    this.#options = options;
    this.#resampler = resampler;
    this.#framer = new Framer((rate * FRAME_MS) / 1000);
    this.#maxSamples = (rate * MAX_AHEAD_MS) / 1000;
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
  }

  get playedMs(): number {
    return this.#playedFrames * FRAME_MS;
  }

  /** Nothing more will come out of it. */
  get over(): boolean {
    return this.#state.kind === 'done' || this.#state.kind === 'cut';
  }

  async write(samples: Int16Array): Promise<void> {
    if (this.#state.kind === 'cut') throw this.#state.reason;
    if (this.#state.kind !== 'open') throw new TypeError('a speech that has ended takes no more audio');
    // The writer may use its buffer again at once; the resampler gives a copy anyway.
    this.#framer.push(this.#resampler ? this.#resampler.push(samples) : samples.slice());
    if (this.#framer.size >= this.#maxSamples) await this.#wait();
  }

  async end(): Promise<void> {
    if (this.#state.kind === 'open') {
      if (this.#resampler) this.#framer.push(this.#resampler.flush());
      this.#framer.flush();
      this.#state = { kind: 'ending' };
      this.#settleIfPlayed();
    }
    if (this.#state.kind === 'ending') await this.#wait();
    if (this.#state.kind === 'cut') throw this.#state.reason;
  }

  /** The next frame to send, into `frame`; false where there is none as yet, or no more. */
  takeInto(frame: Int16Array): boolean {
    if (!this.#framer.takeInto(frame)) return false;
    this.#taken = frame.slice();
    return true;
  }

  /** The packet with the frame taken last has left, at the clock's ms `at`. */
  sent(at: number): void {
    const isFirst = !this.#begun;
    this.#begun = true;
    this.#playedFrames++;
    if (this.#taken) this.#said.add(this.#taken, at);
    this.#taken = undefined;
    this.#settleIfPlayed();
    if (this.#state.kind === 'open' && this.#framer.size < this.#maxSamples) this.#release();
    if (isFirst) this.#options.onFirstPacket?.(at);
  }

  /** What has left since clock's ms `since` is played again, from the beginning of a word; a speech that is over stays so. */
  rewind(since: number): void {
    if (this.over) return;
    const again = this.#said.takeSince(since);
    this.#framer.putBack(again);
    this.#playedFrames -= again.length;
  }

  /** Empties the queue; whoever waits is told `reason`. A speech that is over stays as it is. */
  cut(reason: unknown): void {
    if (this.over) return;
    this.#settle({ kind: 'cut', reason });
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }

  #settleIfPlayed(): void {
    if (this.#state.kind !== 'ending' || this.#framer.size > 0) return;
    this.#settle({ kind: 'done' });
    this.#release();
  }

  #settle(state: State): void {
    this.#state = state;
    this.#framer.clear();
    this.#said.clear();
    this.#resampler?.close();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }

  #release(): void {
    for (const waiter of this.#waiters.splice(0)) waiter.resolve();
  }

  #wait(): Promise<void> {
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  readonly #onAbort = (): void => this.cut(this.#options.signal.reason);
}
