import type { Clock } from '../observe/index.ts';

const FRAME_MS = 20;
/** A mark for so many frames of voice. */
const FRAMES_PER_MARK = 10;
/** Marks that are waited for; of more the oldest are given up. */
const MOST_MARKS = 500;
/** How much longer than the one before it a mark may take to come back before the ear is taken to have heard no more, in ms. */
const PATIENCE_MS = 200;

export interface PlaybackOptions {
  readonly clock: Clock;
  readonly sendMark: (name: string) => void;
  /** How far behind the ear is has been measured anew, in ms. */
  readonly onDelay: (ms: number) => void;
}

interface Mark {
  /** Clock's ms at which it was sent. */
  readonly at: number;
  /** Of the voice before it, in ms. */
  readonly ms: number;
}

/** How far the caller's ear is behind what was sent: Twilio sends a mark back when what came before it has been played. */
export class Playback {
  readonly #options: PlaybackOptions;
  /** By name, the oldest first. */
  readonly #waiting = new Map<string, Mark>();
  #count = 0;
  #sentMs = 0;
  #markedMs = 0;
  #playedMs = 0;
  #delayMs = 0;
  #onPlayed: (() => void) | undefined;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  /** Something was sent that is not known to have been played. */
  get isPlaying(): boolean {
    return this.#sentMs > this.#playedMs;
  }

  /**
   * What was sent after the last mark that came back, in ms, where the next one is late: the line has stalled, and nobody
   * has heard that. Undefined where what was sent is as far behind as was measured.
   */
  get stalledMs(): number | undefined {
    const [oldest] = this.#waiting.values();
    if (!oldest || this.#options.clock.now() - oldest.at <= this.#delayMs + PATIENCE_MS) return undefined;
    return this.#sentMs - this.#playedMs;
  }

  /** 20 ms of voice were sent. */
  sent(): void {
    this.#sentMs += FRAME_MS;
    if (this.#sentMs - this.#markedMs >= FRAMES_PER_MARK * FRAME_MS) this.#mark();
  }

  /** Nothing more comes for now. */
  paused(): void {
    if (this.#sentMs > this.#markedMs) this.#mark();
  }

  /** A mark has come back. Those of what was cleared come back too, and say nothing. */
  played(name: string): void {
    const mark = this.#waiting.get(name);
    if (!mark) return;
    for (const earlier of this.#waiting.keys()) {
      this.#waiting.delete(earlier);
      if (earlier === name) break;
    }
    this.#playedMs = mark.ms;
    this.#delayMs = this.#options.clock.now() - mark.at;
    this.#options.onDelay(this.#delayMs);
    this.#settle();
  }

  /** What has not been played will not be. */
  cleared(): void {
    this.#waiting.clear();
    this.#playedMs = this.#sentMs;
    this.#markedMs = this.#sentMs;
    this.#settle();
  }

  /** Resolves when all that was sent has been played. */
  async end(): Promise<void> {
    this.paused();
    if (!this.isPlaying) return;
    await new Promise<void>((resolve) => {
      this.#onPlayed = resolve;
    });
  }

  #mark(): void {
    const name = `heard-${++this.#count}`;
    this.#markedMs = this.#sentMs;
    this.#waiting.set(name, { at: this.#options.clock.now(), ms: this.#sentMs });
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_MARKS && oldest !== undefined) this.#waiting.delete(oldest);
    this.#options.sendMark(name);
  }

  #settle(): void {
    if (!this.isPlaying) this.#onPlayed?.();
  }
}
