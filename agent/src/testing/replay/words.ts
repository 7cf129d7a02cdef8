/** A word and when it is said, in ms of whatever audio it lies in. */
export interface TimedWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;

/** Words of languages with spaces; single characters of those without. */
export const wordsOf = (text: string): string[] =>
  text
    .replace(/([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])/g, ' $1 ')
    .split(/\s+/)
    .filter((word) => word !== '');

/** The words of a text, each as long as its share of the letters, from `from` to `to`. */
export function timed(text: string, from: number, to: number): TimedWord[] {
  const words = wordsOf(text);
  const letters = words.reduce((sum, word) => sum + word.length, 0);
  let at = from;
  return words.map((word) => {
    const length = ((to - from) * word.length) / letters;
    at += length;
    return { text: word, from: at - length, to: at };
  });
}

/** One text of words: a space between them, except between characters of a language without. */
export function joinWords(words: readonly string[]): string {
  let text = '';
  for (const word of words)
    text += text === '' || (CJK.test(text.at(-1) as string) && CJK.test(word)) ? word : ` ${word}`;
  return text;
}
