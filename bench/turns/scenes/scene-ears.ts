import type { PcmFrame } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: stands before the host's own ears
import type { GateOptions, Hearing, SpeechGate } from '../../../agent/src/hearing/index.ts';
import { type SoundingWord, sinceEpoch } from '../timeline.ts';
import type { TimedWord } from './replay.ts';

/**
 * From a sound at the microphone to its frame in the host: the way, and the jitter buffer's 60 ms at first and 20 later on
 * a clean line; in ms. So words are known as lying 20 ms too late or too early at the most.
 */
const WAY_MS = 42;
const FRAME_MS = 20;

/** One caller as the host hears it: which words lie where in its media. */
export class SceneEar {
  #words: readonly SoundingWord[] = [];
  /** Ms since 1970 of the media's start, as heard here; the least of all frames. */
  #startedAt = Number.POSITIVE_INFINITY;

  learn(words: readonly SoundingWord[]): void {
    this.#words = [...this.#words, ...words];
  }

  /** A frame came at `at`, ms since 1970. */
  hears(frame: PcmFrame, at: number): void {
    this.#startedAt = Math.min(this.#startedAt, at - frame.at - FRAME_MS);
  }

  /** In ms of the media. */
  get words(): TimedWord[] {
    const from = this.#startedAt - WAY_MS;
    return this.#words.map((word) => ({ text: word.text, from: word.from - from, to: word.to - from }));
  }
}

/** The real ears of a scene's host, which tell whose a frame is: the recogniser has to know who speaks. */
export class SceneEars implements Hearing {
  readonly #hearing: Hearing;
  readonly #ears = new Map<string, SceneEar>();
  readonly #owners = new WeakMap<PcmFrame, SceneEar>();
  /** Callers whose gates come next. */
  readonly #expected: string[] = [];

  constructor(hearing: Hearing) {
    this.#hearing = hearing;
  }

  /** The gate of this caller is opened next. */
  expect(callerId: string): void {
    this.#expected.push(callerId);
  }

  of(callerId: string): SceneEar {
    const known = this.#ears.get(callerId) ?? new SceneEar();
    this.#ears.set(callerId, known);
    return known;
  }

  ownerOf(frame: PcmFrame): SceneEar | undefined {
    return this.#owners.get(frame);
  }

  openGate(options: GateOptions): SpeechGate {
    const ear = this.of(this.#expected.shift() ?? '');
    const gate = this.#hearing.openGate(options);
    return {
      get state() {
        return gate.state;
      },
      get probability() {
        return gate.probability;
      },
      get dropped() {
        return gate.dropped;
      },
      push: (frame) => {
        ear.hears(frame, sinceEpoch(performance.now()));
        this.#owners.set(frame, ear);
        gate.push(frame);
      },
      flush: () => gate.flush(),
      reset: () => gate.reset(),
      close: () => gate.close(),
    };
  }

  /** The model serves other scenes, too; each gate is closed by its call. */
  async close(): Promise<void> {}
}
