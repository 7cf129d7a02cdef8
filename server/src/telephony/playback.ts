import type { Clock } from '../observe/index.ts';

/** A mark for so many frames of voice. */
const FRAMES_PER_MARK = 10;
/** Marks that are waited for; a line that is so far behind is measured by those. */
const MOST_MARKS = 500;

export interface PlaybackOptions {
  readonly clock: Clock;
  readonly sendMark: (name: string) => void;
  /** How far behind the ear is has been measured anew, in ms. */
  readonly onDelay: (ms: number) => void;
}

/** How far the caller's ear is behind what was sent: Twilio sends a mark back when what came before it has been played. */
export class Playback {
  readonly #options: PlaybackOptions;
  /** When they were sent, by name, the oldest first. */
  readonly #waiting = new Map<string, number>();
  #count = 0;
  #unmarked = 0;
  #delayMs = 0;
  #onPlayed: (() => void) | undefined;

  constructor(options: PlaybackOptions) {
    this.#options = options;
  }

  /** Something was sent that may not have been played as yet. */
  get isPlaying(): boolean {
    return this.#unmarked > 0 || this.#waiting.size > 0;
  }

  /** How much of what was sent has not been heard, in ms: as last measured, or more where a mark has not come back since. */
  get delayMs(): number {
    const [oldest] = this.#waiting.values();
    const overdue = oldest === undefined ? 0 : this.#options.clock.now() - oldest;
    return Math.max(this.#delayMs, overdue);
  }

  /** 20 ms of voice were sent. */
  sent(): void {
    if (++this.#unmarked >= FRAMES_PER_MARK) this.#mark();
  }

  /** Nothing more comes for now. */
  paused(): void {
    if (this.#unmarked > 0) this.#mark();
  }

  /** A mark has come back. Those of what was cleared come back too, and say nothing. */
  played(name: string): void {
    const at = this.#waiting.get(name);
    if (at === undefined) return;
    for (const earlier of this.#waiting.keys()) {
      this.#waiting.delete(earlier);
      if (earlier === name) break;
    }
    this.#delayMs = this.#options.clock.now() - at;
    this.#options.onDelay(this.#delayMs);
    this.#settle();
  }

  /** What has not been played will not be. */
  cleared(): void {
    this.#waiting.clear();
    this.#unmarked = 0;
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
    this.#unmarked = 0;
    this.#waiting.set(name, this.#options.clock.now());
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MOST_MARKS && oldest !== undefined) this.#waiting.delete(oldest);
    this.#options.sendMark(name);
  }

  #settle(): void {
    if (!this.isPlaying) this.#onPlayed?.();
  }
}
