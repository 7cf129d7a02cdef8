export type ClipLanguage = 'en' | 'zh';

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = [
  [1_000_000_000, 'billion'],
  [1_000_000, 'million'],
  [1000, 'thousand'],
  [100, 'hundred'],
] as const;
const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};
/** Longer runs of digits are read one by one. */
const LONGEST_NUMBER = 12;

/** What recognisers write in short, or in British spelling, of words that clips may say. */
const SAME: Readonly<Record<string, string>> = {
  mr: 'mister',
  mrs: 'missus',
  dr: 'doctor',
  ok: 'okay',
  metre: 'meter',
  metres: 'meters',
  tornados: 'tornadoes',
};
const WHOLE: readonly (readonly [RegExp, string])[] = [
  [/\bwon't\b/g, 'will not'],
  [/\bcan't\b/g, 'can not'],
  [/\bcannot\b/g, 'can not'],
  [/\blet's\b/g, 'let us'],
  [/n't\b/g, ' not'],
  [/'re\b/g, ' are'],
  [/'ve\b/g, ' have'],
  [/'ll\b/g, ' will'],
  [/'m\b/g, ' am'],
  [/\b(what|that|it|he|she|there|here|who|where|how)'s\b/g, '$1 is'],
];
const FILLERS = new Set(['uh', 'um', 'er', 'erm', 'hm', 'hmm', 'mm']);

/**
 * What is compared: words, or characters where the script has no spaces. Case, punctuation, hyphens, hesitations, and
 * whether a number, a title or a contraction is written out, make no difference. Numbers in Chinese are left alone.
 */
export function unitsOf(text: string, language: ClipLanguage): string[] {
  const plain = text.normalize('NFKC').toLowerCase();
  if (language === 'zh') return plain.match(/[\p{L}\p{N}]/gu) ?? [];
  const written = WHOLE.reduce((all, [short, long]) => all.replace(short, long), plain.replaceAll('’', "'"));
  return spelled(written)
    .replace(/[^\p{L}' ]+/gu, ' ')
    .split(/ +/)
    .map((word) => word.replace(/^'+|'+$/g, ''))
    .filter((word) => word !== '' && !FILLERS.has(word))
    .map((word) => SAME[word] ?? word);
}

const spelled = (text: string): string =>
  text
    .replace(/(\d),(?=\d{3})/g, '$1')
    .replace(/(\d)\.(?=\d)/g, '$1 point ')
    .replace(/(\d+)(st|nd|rd|th)?/g, (_, digits: string, nth?: string) => {
      if (digits.length > LONGEST_NUMBER) return ` ${[...digits].map((digit) => ONES[Number(digit)]).join(' ')} `;
      const words = numberWords(Number(digits));
      const last = words.at(-1) as string;
      return ` ${(nth ? words.with(-1, ordinal(last)) : words).join(' ')} `;
    });

/** Whole numbers, without `and`. */
function numberWords(value: number): string[] {
  for (const [scale, name] of SCALES) {
    if (value < scale) continue;
    const rest = value % scale;
    return [...numberWords(Math.floor(value / scale)), name, ...(rest > 0 ? numberWords(rest) : [])];
  }
  if (value < ONES.length) return [ONES[value] as string];
  const ones = value % 10;
  return [TENS[Math.floor(value / 10)] as string, ...(ones > 0 ? [ONES[ones] as string] : [])];
}

const ordinal = (word: string): string => ORDINALS[word] ?? `${word.replace(/y$/, 'ie')}th`;

/** Units to change, add and take out: Levenshtein's distance. */
export function errorsBetween(said: readonly string[], heard: readonly string[]): number {
  let row = Array.from({ length: heard.length + 1 }, (_, i) => i);
  for (const [i, unit] of said.entries()) {
    const next = [i + 1];
    for (const [j, other] of heard.entries()) {
      const change = (row[j] as number) + (unit === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[heard.length] as number;
}
