import type { SpokenPiece, TimedWord } from './replay.ts';

const FRAME_MS = 20;
/** Packets that the agent sends after each run of its voice. */
const TAIL = 5;

/** Which words of the agent the packets carry: a loudspeaker brings them back, and a real recogniser would hear them. */
export class EchoedWords {
  readonly #groups = new Map<number, SpokenPiece[]>();
  readonly #dropped = new Set<number>();
  #group: number | undefined;
  #heardMs = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  piece(group: number, piece: SpokenPiece): void {
    const pieces = this.#groups.get(group);
    if (pieces) pieces.push(piece);
    else this.#groups.set(group, [piece]);
  }

  /** Nobody wants it any more, heard or not. */
  dropped(group: number): void {
    this.#dropped.add(group);
  }

  /** A packet with sound; `mediaAt`: RTP's, in ms. Gives the words that begin in it, in ms of it. */
  hear(mediaAt: number): TimedWord[] {
    if (mediaAt - this.#lastAt > FRAME_MS) this.#beginRun();
    this.#lastAt = mediaAt;
    const from = this.#heardMs;
    this.#heardMs += FRAME_MS;
    const found: TimedWord[] = [];
    let begins = 0;
    for (const { words, ms } of this.#groups.get(this.#group ?? -1) ?? []) {
      for (const word of words) {
        const at = begins + word.from - from;
        if (at >= 0 && at < FRAME_MS) found.push({ text: word.text, from: at, to: begins + word.to - from });
      }
      begins += ms;
    }
    return found;
  }

  /** Of what was said before, if that is still wanted, else of what was asked for last. */
  #beginRun(): void {
    const wanted = [...this.#groups.keys()].filter((group) => !this.#dropped.has(group));
    const goesOn = this.#group !== undefined && wanted.includes(this.#group);
    this.#heardMs = goesOn ? Math.max(0, this.#heardMs - TAIL * FRAME_MS) : 0;
    if (!goesOn) this.#group = wanted.at(-1);
  }
}
