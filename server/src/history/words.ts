/** A word with the punctuation and the space after it, and when it was first known, in ms since the call was opened. */
export type TimedWord = readonly [text: string, atMs: number];

const segmenters = new Map<string, Intl.Segmenter>();

/** The words of a text in any script; joined they are the text again. */
export function wordsOf(text: string, language?: string): readonly string[] {
  const words: string[] = [];
  let lead = '';
  for (const { segment, isWordLike } of segmenterFor(language).segment(text)) {
    if (isWordLike) {
      words.push(lead + segment);
      lead = '';
    } else if (words.length > 0) words[words.length - 1] += segment;
    else lead += segment;
  }
  return lead ? [...words, lead] : words;
}

/**
 * The words of a text that grew from one with times. A word keeps the time of the place where it stands: recognition
 * corrects its words later than it first hears them.
 */
export function timeWords(
  known: readonly TimedWord[],
  text: string,
  atMs: number,
  language?: string,
): readonly TimedWord[] {
  return wordsOf(text, language).map((word, index) => [word, known[index]?.[1] ?? atMs]);
}

function segmenterFor(language = ''): Intl.Segmenter {
  const known = segmenters.get(language);
  if (known) return known;
  // Recognisers name languages as they like.
  const locales = isTag(language) ? language : undefined;
  const segmenter = new Intl.Segmenter(locales, { granularity: 'word' });
  if (segmenters.size < 64) segmenters.set(language, segmenter);
  return segmenter;
}

const isTag = (language: string): boolean => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language);
