import { HEARING_RATE } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import type { OpusEncoder, OpusLibrary } from '../../agent/src/codec/index.ts';
import type { Said } from '../caller/microphone.ts';

const FRAME = HEARING_RATE / 50;

interface Track {
  readonly samples: Int16Array;
  readonly onStart: (at: number) => void;
  readonly done: PromiseWithResolvers<Said>;
  next: number;
  onsetAt: number;
}

/** What the microphone hears of it, frame by frame. */
export interface Loudspeaker {
  frame(index: number): ArrayLike<number> | undefined;
}

/** A live microphone: the room without end, what is played into it, and what comes back from the loudspeaker. */
export class Mixer {
  readonly #encoder: OpusEncoder;
  readonly #room: Int16Array;
  readonly #frame = new Int16Array(FRAME);
  readonly #tracks: Track[] = [];
  readonly #echo: Loudspeaker | undefined;
  #count = 0;

  constructor(library: OpusLibrary, room: Int16Array, echo?: Loudspeaker) {
    this.#encoder = library.encoder({ rate: HEARING_RATE, application: 'voip' });
    this.#room = room;
    this.#echo = echo;
  }

  /** Frames made so far. */
  get frames(): number {
    return this.#count;
  }

  /**
   * Plays from the next packet on. Resolves when the last packet of it has left; `onStart` is told the clock's ms at
   * which the first did.
   */
  play(samples: Int16Array, onStart: (at: number) => void = () => {}): Promise<Said> {
    const done = Promise.withResolvers<Said>();
    this.#tracks.push({ samples, onStart, done, next: 0, onsetAt: 0 });
    return done.promise;
  }

  /** The next packet. */
  packet(): Uint8Array {
    const echo = this.#echo?.frame(this.#count);
    const from = this.#count++ * FRAME;
    for (let i = 0; i < FRAME; i++) {
      let sum = (this.#room[(from + i) % this.#room.length] as number) + (echo?.[i] ?? 0);
      for (const { samples, next } of this.#tracks) sum += samples[next * FRAME + i] ?? 0;
      this.#frame[i] = Math.max(-32768, Math.min(32767, Math.round(sum)));
    }
    return this.#encoder.encode(this.#frame);
  }

  /** The packet made last left at the clock's ms `at`. */
  sent(at: number): void {
    for (const track of [...this.#tracks]) {
      if (track.next === 0) {
        track.onsetAt = at;
        track.onStart(at);
      }
      track.next++;
      if (track.next * FRAME < track.samples.length) continue;
      this.#tracks.splice(this.#tracks.indexOf(track), 1);
      track.done.resolve({ onsetAt: track.onsetAt, lastSpeechAt: at });
    }
  }

  close(): void {
    this.#encoder.close();
  }
}
