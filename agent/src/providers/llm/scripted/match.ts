import { isChinese } from '../../language.ts';
import { type HostScript, TOPICS, type Topic } from './script.ts';

/** Words that a lite recogniser may slip into a phrase. */
const MAX_GAP = 1;

/** What is asked for, or undefined. Chinese cues are looked for as they are, English ones word by word, forgivingly. */
export function topicOf(text: string, script: HostScript): Topic | undefined {
  const plain = text.toLowerCase();
  const words = wordsOf(plain);
  const says = (cue: string): boolean => (isChinese(cue) ? plain.includes(cue) : hasPhrase(words, wordsOf(cue)));
  return TOPICS.find((topic) => script.cues[topic].some(says));
}

export const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{Script=Latin}\p{N}'’]+/gu) ?? [];

function hasPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_, from) => {
    let at = from;
    for (const [i, wanted] of phrase.entries()) {
      const gap = i === 0 ? 0 : MAX_GAP;
      const found = words.slice(at, at + gap + 1).findIndex((word) => soundsLike(word, wanted));
      if (found < 0) return false;
      at += found + 1;
    }
    return true;
  });
}

/** Short words must be exact: one letter away from them is another word. */
function soundsLike(heard: string, wanted: string): boolean {
  if (heard === wanted) return true;
  const allowed = wanted.length >= 7 ? 2 : wanted.length === 6 ? 1 : 0;
  return Math.abs(heard.length - wanted.length) <= allowed && distance(heard, wanted) <= allowed;
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
