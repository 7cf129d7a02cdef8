/** A word with its start from the beginning of the audio, in ms. */
export interface TimedWord {
  readonly text: string;
  readonly atMs: number;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** How long it takes to say, in the length of a Latin letter: a digit is a word, a Chinese character a syllable. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const char of text) {
    if (/\p{N}/u.test(char)) length += 4;
    else if (/\p{Script=Han}/u.test(char)) length += 3;
    else if (/[.,!?;:。，！？；：]/u.test(char)) length += 2;
    else if (/\p{L}/u.test(char)) length += 1;
  }
  return length;
}

/** Where the words of `text` begin in `voicedMs` of speech, by proportion: within about a syllable of the truth. */
export function timeWords(text: string, voicedMs: number): TimedWord[] {
  const words: { text: string; at: number }[] = [];
  let at = 0;
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) words.push({ text: segment, at });
    at += lengthOf(segment);
  }
  return words.map((word) => ({ text: word.text, atMs: Math.round((word.at / at) * voicedMs) }));
}
