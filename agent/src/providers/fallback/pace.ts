import { lengthOf, type TimedWord, timeWords } from '../tts/word-times.ts';

/** What it takes to say a Latin letter, in ms, until a voice has shown its own pace: 160 words a minute. */
const USUAL_MS_PER_LENGTH = 75;
/** Weight of the newest text. */
const NEWEST = 0.3;

/** How fast a voice speaks, learnt from what it has spoken to the end. */
export class Pace {
  #msPerLength = USUAL_MS_PER_LENGTH;

  /** ms for each unit of `lengthOf`. */
  msPerLength(speed = 1): number {
    return this.#msPerLength / speed;
  }

  learn(text: string, audioMs: number, speed = 1): void {
    const length = lengthOf(text);
    if (audioMs === 0 || !/[\p{L}\p{N}]/u.test(text)) return;
    this.#msPerLength += NEWEST * ((audioMs * speed) / length - this.#msPerLength);
  }

  /** Where its words begin, by estimate. */
  words(text: string, speed = 1): TimedWord[] {
    return timeWords(text, lengthOf(text) * this.msPerLength(speed));
  }
}
