import type { HostScript } from './script.ts';

/**
 * What is left of the story after the last message that told some of it: from the sentence that was cut, or after the
 * last one that was told to its end. Undefined where no message did.
 */
export function restOfStory(said: readonly string[], { story }: HostScript): readonly string[] | undefined {
  for (const message of said.toReversed()) {
    const heard = letters(message);
    const last = story.findLastIndex((sentence) => hasBegun(heard, letters(sentence)));
    if (last < 0) continue;
    return story.slice(heard.includes(letters(story[last] as string)) ? last + 1 : last);
  }
  return undefined;
}

/** Whether the text has the sentence, or ends within it. */
function hasBegun(text: string, sentence: string): boolean {
  if (text.includes(sentence)) return true;
  for (let length = Math.min(sentence.length, text.length); length >= MIN_BEGINNING; length--) {
    if (text.endsWith(sentence.slice(0, length))) return true;
  }
  return false;
}

/** Shorter could be chance; missing a shorter one only tells the sentence from its start, which is the same. */
const MIN_BEGINNING = 5;

/** Punctuation and spaces are not always kept by what was heard. */
const letters = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
