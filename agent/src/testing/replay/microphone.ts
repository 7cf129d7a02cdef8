import { FRAME_MS, HEARING_RATE } from '../../contracts/index.ts';
import { seededRandom } from '../signal.ts';
import { pinkNoise } from '../speech-scene.ts';
import { clip, clipped, type Said } from './clips.ts';
import { type SceneCaller, SPEECH_DB } from './scene.ts';
import type { TimedWord } from './words.ts';

/** Level of the soft noise that a quiet room has, in dB of full scale. */
const ROOM_DB = -75;
const FRAME = (HEARING_RATE * FRAME_MS) / 1000;
/** Noise repeats after this. */
const NOISE_SAMPLES = 10 * HEARING_RATE;
const BABBLERS = ['librivox-0880', 'harvard-1', 'cards-005', 'cosy-prompt', 'goforward'];

/** One caller's microphone: what is said and what sounds, over the noise of the place. Times are its media's, in ms. */
export class Microphone {
  readonly words: TimedWord[] = [];
  readonly #track: Float32Array;
  readonly #noise: Float32Array;
  readonly #noiseGain: number;

  constructor({ noise }: SceneCaller, lastsMs: number) {
    this.#track = new Float32Array(Math.ceil((lastsMs * HEARING_RATE) / 1000) + FRAME);
    this.#noise = noise?.kind === 'babble' ? babble() : pink();
    this.#noiseGain = 32768 * 10 ** ((noise ? SPEECH_DB - noise.snr_db : ROOM_DB) / 20);
  }

  /** Sounds from `at` on, with its words. */
  add(said: Said, at: number): void {
    this.addSound(said.samples, at);
    this.words.push(...said.words.map(({ text, from, to }) => ({ text, from: from + at, to: to + at })));
  }

  addSound(samples: ArrayLike<number>, at: number): void {
    const from = Math.round((at * HEARING_RATE) / 1000);
    for (let i = Math.max(0, -from); i < samples.length && from + i < this.#track.length; i++) {
      this.#track[from + i] = (this.#track[from + i] as number) + (samples[i] as number);
    }
  }

  /** The frame of 20 ms from `at` on. */
  frame(at: number): Int16Array {
    const from = Math.round((at * HEARING_RATE) / 1000);
    return Int16Array.from({ length: FRAME }, (_, i) => {
      const noise = this.#noise[(from + i) % NOISE_SAMPLES] as number;
      return clipped((this.#track[from + i] ?? 0) + this.#noiseGain * noise);
    });
  }
}

let pinkMade: Float32Array | undefined;
const pink = (): Float32Array => (pinkMade ??= pinkNoise(NOISE_SAMPLES, 3));

let babbleMade: Float32Array | undefined;
const babble = (): Float32Array => (babbleMade ??= makeBabble());

/** Ten voices at once, of root mean square 1. */
function makeBabble(): Float32Array {
  const random = seededRandom(5);
  const all = new Float32Array(NOISE_SAMPLES);
  for (const name of [...BABBLERS, ...BABBLERS]) {
    const { samples } = clip(name);
    const start = Math.floor(random() * samples.length);
    for (let i = 0; i < all.length; i++)
      all[i] = (all[i] as number) + (samples[(start + i) % samples.length] as number);
  }
  const level = Math.sqrt(all.reduce((sum, sample) => sum + sample * sample, 0) / all.length);
  return all.map((sample) => sample / level);
}
