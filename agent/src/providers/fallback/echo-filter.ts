import { endsSpaceless } from './whole-words.ts';

const WORD = /\p{sc=Han}|[^\s\p{sc=Han}]+/gu;
const HAN = /^\p{sc=Han}$/u;
/** What a text that goes on may begin with, and nobody needs. */
const LEAD = /^[\s.…]+/u;
/** A character of Chinese that comes twice may be meant; two of them are an echo. */
const LEAST_HAN = 2;

interface Word {
  readonly text: string;
  readonly end: number;
}

/**
 * Takes from the start of a text what was said already, where its writer, asked to go on, first repeats some of it: the
 * whole, or the last words. Holds the text back only as long as it may be such a repetition.
 */
export class EchoFilter {
  readonly #said: string;
  readonly #words: readonly string[];
  #held = '';
  #decided = false;

  constructor(said: string) {
    this.#said = said;
    this.#words = wordsOf(said).map(({ text }) => text);
  }

  push(delta: string): string {
    if (this.#decided) return delta;
    this.#held += delta;
    const words = wordsOf(this.#held);
    const last = words.at(-1);
    // A word at the very end may still grow.
    if (last && last.end === this.#held.length && !HAN.test(last.text)) words.pop();
    return this.#mayBeEcho(words) ? '' : this.#decide(words);
  }

  flush(): string {
    return this.#decided ? '' : this.#decide(wordsOf(this.#held));
  }

  /** All words so far are repeated from some place on, and it has not come to the end of what was said. */
  #mayBeEcho(words: readonly Word[]): boolean {
    return this.#words.some((_, from) => from + words.length < this.#words.length && this.#repeats(from, words));
  }

  #repeats(from: number, words: readonly Word[]): boolean {
    return words.every(({ text }, i) => text === this.#words[from + i]);
  }

  #decide(words: readonly Word[]): string {
    this.#decided = true;
    const from = this.#words.findIndex((first, at) => {
      const length = this.#words.length - at;
      const isLong = length >= (HAN.test(first) ? LEAST_HAN : 1);
      return isLong && length <= words.length && this.#repeats(at, words.slice(0, length));
    });
    const end = from < 0 ? 0 : (words[this.#words.length - from - 1]?.end ?? 0);
    const rest = this.#held.slice(end).replace(LEAD, '');
    this.#held = '';
    if (rest === '' || /\s$/.test(this.#said) || endsSpaceless(this.#said)) return rest;
    return ` ${rest}`;
  }
}

/** Words as they compare: without case and marks. What has neither letter nor digit is none. */
function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].flatMap((match) => {
    const word = match[0].toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
    return word === '' ? [] : [{ text: word, end: match.index + match[0].length }];
  });
}
