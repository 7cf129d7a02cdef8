import { durationMs, type PcmFrame } from '../../contracts/index.ts';
import { abortable } from '../../kernel/index.ts';

/** Frames of 20 ms that are kept: a minute. What exceeds it is dropped, oldest first. */
const MAX_FRAMES = 3000;

/** An utterance as it comes in, kept so that another recogniser can hear it from its beginning. */
export class AudioTape {
  readonly #frames: PcmFrame[] = [];
  readonly #stop = new AbortController();
  #dropped = 0;
  #ms = 0;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #stirred = Promise.withResolvers<void>();
  #onEnd = (): void => {};

  /** Reads `source` until it ends or the tape is closed. */
  constructor(source: AsyncIterable<PcmFrame>) {
    void this.#record(source);
  }

  /** All of it is there. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Length of all that came, in ms. */
  get ms(): number {
    return this.#ms;
  }

  /** Calls `fn` when all of it is there; replaces the one before. */
  onEnd(fn: () => void): void {
    this.#onEnd = fn;
  }

  /** From the oldest frame that is kept to the end, as it comes. */
  async *play(): AsyncGenerator<PcmFrame, void, undefined> {
    for (let at = this.#dropped; ; ) {
      at = Math.max(at, this.#dropped);
      const frame = this.#frames[at - this.#dropped];
      if (frame) {
        at++;
        yield frame;
      } else if (this.#failure) throw this.#failure.error;
      else if (this.#ended) return;
      else await this.#stirred.promise;
    }
  }

  /** Lets go of the audio and of its source. Whoever still listens comes to the end. */
  close(): void {
    this.#onEnd = () => {};
    this.#stop.abort(new DOMException('the utterance is over', 'AbortError'));
    this.#frames.length = 0;
    this.#ended = true;
    this.#stir();
  }

  async #record(source: AsyncIterable<PcmFrame>): Promise<void> {
    try {
      for await (const frame of abortable(source, this.#stop.signal)) {
        this.#ms += durationMs(frame.samples.length, frame.rate);
        if (this.#frames.push(frame) > MAX_FRAMES) {
          this.#frames.shift();
          this.#dropped++;
        }
        this.#stir();
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#failure = { error };
    }
    this.#ended = true;
    this.#stir();
    this.#onEnd();
  }

  #stir(): void {
    this.#stirred.resolve();
    this.#stirred = Promise.withResolvers();
  }
}
