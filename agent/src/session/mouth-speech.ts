import type { Resampler } from '../codec/index.ts';
import { FRAME_MS, type OpusRate, type Speech, type SpeechOptions } from '../contracts/index.ts';
import type { OpusFrame, VoiceFrame } from './opus-frame.ts';
import { SaidFrames } from './said-frames.ts';
import { VoiceQueue } from './voice-queue.ts';

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

/** One utterance's queue: samples in at its own rate, and Opus; whole frames out at an Opus rate. The mouth plays it. */
export class QueuedSpeech implements Speech {
  /** Hz of the frames that come out. */
  readonly rate: OpusRate;
  readonly #options: SpeechOptions;
  readonly #resampler: Resampler | undefined;
  readonly #queue: VoiceQueue;
  #state: State = { kind: 'open' };
  /** Writers that wait for room, then callers of `end` that wait for the last packet. */
  readonly #waiters: Waiter[] = [];
  readonly #said = new SaidFrames();
  #playedFrames = 0;
  #begun = false;
  #taken: VoiceFrame | undefined;

  /** `resampler` turns the rate of the options to `rate`; absent where they are the same. */
  constructor(options: SpeechOptions, rate: OpusRate, resampler?: Resampler) {
    this.rate = rate;
    this.#options = options;
    this.#resampler = resampler;
    this.#queue = new VoiceQueue(rate);
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

  write(samples: Int16Array): Promise<void> {
    return this.#add(() => {
      // The writer may use its buffer again at once; the resampler gives a copy anyway.
      this.#queue.push(this.#resampler ? this.#resampler.push(samples) : samples.slice());
    });
  }

  /** The writer leaves the packet as it is. */
  writeOpus(packet: Uint8Array, begins: boolean): Promise<void> {
    return this.#add(() => {
      this.#drainResampler();
      this.#queue.pushOpus(packet, begins);
    });
  }

  async end(): Promise<void> {
    if (this.#state.kind === 'open') {
      this.#drainResampler();
      this.#queue.flush();
      this.#state = { kind: 'ending' };
      this.#settleIfPlayed();
    }
    if (this.#state.kind === 'ending') await this.#wait();
    if (this.#state.kind === 'cut') throw this.#state.reason;
  }

  /** The next frame to send: Opus, or `frame`, filled with samples; undefined where there is none as yet, or no more. */
  takeInto(frame: Int16Array): VoiceFrame | undefined {
    const taken = this.#queue.takeInto(frame);
    this.#taken = taken === frame ? frame.slice() : taken;
    return taken;
  }

  /** The frame after the one taken last, where it is Opus and there already. */
  get nextOpus(): OpusFrame | undefined {
    return this.#queue.nextOpus;
  }

  /** The packet with the frame taken last has left, at the clock's ms `at`. */
  sent(at: number): void {
    const isFirst = !this.#begun;
    this.#begun = true;
    this.#playedFrames++;
    if (this.#taken) this.#said.add(this.#taken, at);
    this.#taken = undefined;
    this.#settleIfPlayed();
    if (this.#state.kind === 'open' && this.#queue.aheadMs < MAX_AHEAD_MS) this.#release();
    if (isFirst) this.#options.onFirstPacket?.(at);
  }

  /** What has left since clock's ms `since` is played again, from the beginning of a word; a speech that is over stays so. */
  rewind(since: number): void {
    if (this.over) return;
    const again = this.#said.takeSince(since);
    this.#queue.putBack(again);
    this.#playedFrames -= again.length;
  }

  /** Empties the queue; whoever waits is told `reason`. A speech that is over stays as it is. */
  cut(reason: unknown): void {
    if (this.over) return;
    this.#settle({ kind: 'cut', reason });
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }

  async #add(push: () => void): Promise<void> {
    if (this.#state.kind === 'cut') throw this.#state.reason;
    if (this.#state.kind !== 'open') throw new TypeError('a speech that has ended takes no more audio');
    push();
    if (this.#queue.aheadMs >= MAX_AHEAD_MS) await this.#wait();
  }

  #drainResampler(): void {
    if (this.#resampler) this.#queue.push(this.#resampler.flush());
  }

  #settleIfPlayed(): void {
    if (this.#state.kind !== 'ending' || this.#queue.aheadMs > 0) return;
    this.#settle({ kind: 'done' });
    this.#release();
  }

  #settle(state: State): void {
    this.#state = state;
    this.#queue.clear();
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
