import { lengthOf, type TimedWord } from '../tts/word-times.ts';

const LEADING_MARKS = /^[\s,.;:!?…，。；：！？、—]+/u;
const WORD = /[\p{L}\p{N}]/u;

export interface Rest {
  /** What is yet to be spoken, from the word that was cut on; empty where no word is left. */
  readonly text: string;
  /** How many of the words are complete. */
  readonly complete: number;
}

/**
 * What is left of `text` when a voice breaks off after `givenMs` of audio. `words` begin where the voice says, or by
 * estimate; `msPerLength` (see `lengthOf`) tells when the last of them is over.
 */
export function restOfText(text: string, words: readonly TimedWord[], givenMs: number, msPerLength: number): Rest {
  const lower = text.toLowerCase();
  let end = 0;
  for (const [i, { text: word, atMs }] of words.entries()) {
    const found = lower.indexOf(word.toLowerCase(), end);
    if (found < 0) continue;
    const overMs = words[i + 1]?.atMs ?? atMs + lengthOf(word) * msPerLength;
    if (overMs > givenMs) return { text: text.slice(found), complete: i };
    end = found + word.length;
  }
  const rest = text.slice(end).replace(LEADING_MARKS, '');
  return { text: WORD.test(rest) ? rest : '', complete: words.length };
}
