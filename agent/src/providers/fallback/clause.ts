import type { SpeechChunk } from '../../contracts/index.ts';
import type { TimedWord } from '../tts/word-times.ts';
import type { Pace } from './pace.ts';
import { restOfText } from './rest-of-text.ts';

/**
 * A text on its way through several voices: what is left of it, and where its words begin. Voices that break off leave
 * words with times, by estimate where they tell none, and so do those that go on: a listener to whom some words are
 * told takes the others for unspoken.
 */
export class Clause {
  #left: string;
  readonly #speed: number | undefined;
  #pace: Pace | undefined;
  /** Of the voice at work: its words and its audio, in ms. */
  #words: TimedWord[] = [];
  #audioMs = 0;
  #isEstimated = false;
  /** Audio of those before, in ms. */
  #startMs = 0;
  /** Words that those before have told and not spoken: they are told once. */
  #told = 0;

  constructor(text: string, speed?: number) {
    this.#left = text;
    this.#speed = speed;
  }

  /** What is yet to be spoken. */
  get left(): string {
    return this.#left;
  }

  /** Another voice is given what is left. */
  begin(pace: Pace): this {
    this.#pace = pace;
    this.#words = [];
    this.#audioMs = 0;
    this.#isEstimated = false;
    return this;
  }

  /** The voice says where a word begins. */
  *word({ text, atMs }: TimedWord): Generator<SpeechChunk> {
    if (!this.#isEstimated) yield* this.#tell([{ text, atMs }]);
  }

  /** The voice gives audio of this length, in ms. */
  *audio(ms: number): Generator<SpeechChunk> {
    if (this.#startMs > 0 && this.#words.length === 0 && this.#pace) {
      this.#isEstimated = true;
      yield* this.#tell(this.#pace.words(this.#left, this.#speed));
    }
    this.#audioMs += ms;
  }

  /** The voice has spoken all that was left. */
  finish(): void {
    this.#pace?.learn(this.#left, this.#audioMs, this.#speed);
    this.#left = '';
  }

  /** The voice speaks no more: what it has spoken is taken off. */
  *breakOff(): Generator<SpeechChunk> {
    if (this.#audioMs === 0 || !this.#pace) return;
    const hasTold = this.#words.length > 0;
    const words = hasTold ? this.#words : this.#pace.words(this.#left, this.#speed);
    const rest = restOfText(this.#left, words, this.#audioMs, this.#pace.msPerLength(this.#speed));
    if (!hasTold) yield* this.#tell(words.slice(0, rest.complete));
    this.#told = hasTold ? words.length - rest.complete : 0;
    this.#startMs += this.#audioMs;
    this.#left = rest.text;
  }

  *#tell(words: readonly TimedWord[]): Generator<SpeechChunk> {
    for (const { text, atMs } of words) {
      this.#words.push({ text, atMs });
      if (this.#words.length > this.#told) yield { kind: 'word', text, atMs: this.#startMs + atMs };
    }
  }
}
