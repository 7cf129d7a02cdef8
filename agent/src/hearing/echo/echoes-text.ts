/** Words of what was said that are looked at, counted from its end. */
const MAX_SAID = 400;
/** Words that are alike by at least this are the same, misheard. */
const MIN_ALIKE = 0.6;
/** Cost of a word misheard altogether, and of one left out or put in: beyond a few in a row a match is over. */
const MISHEARD = 0.5;
const GAP = 0.4;
/** Words that a passage beside the best one must have: single words occur in everything. */
const MIN_PASSAGE = 2;

/**
 * Share, 0..1, of the words in `heard` that repeat a passage of `said`, in its order; slips of recognition are
 * forgiven. Words are those of written languages with spaces, and single characters of Chinese, Japanese and Korean.
 */
export function echoesText(heard: string, said: string): number {
  const ours = wordsOf(said).slice(-MAX_SAID);
  const words = wordsOf(heard);
  return words.length > 0 ? repeated(words, ours) / words.length : 0;
}

/**
 * The words of `heard` beside those that repeat passages of `said`: what somebody else said into them. One word alone in
 * the midst of a passage is a slip of recognition, unless it `matters`.
 */
export function wordsBeside(heard: string, said: string, matters = (_word: string): boolean => false): string {
  const words = wordsOf(heard);
  const kept = beside(words, wordsOf(said).slice(-MAX_SAID), matters);
  return kept.join(' ').replace(/(?<=[\u3040-\u9fff]) (?=[\u3040-\u9fff])/g, '');
}

function beside(
  words: readonly string[],
  said: readonly string[],
  matters: (word: string) => boolean,
  least = 0,
): readonly string[] {
  const best = bestPassage(words, said);
  if (!best || best.score < least) return words;
  const around = (part: readonly string[]): readonly string[] => beside(part, said, matters, MIN_PASSAGE);
  return [...around(words.slice(0, best.from)), ...putIn(words, best, matters), ...around(words.slice(best.to))];
}

/** Words in a passage that are not of it. */
function putIn(words: readonly string[], { from, to, last }: Passage, matters: (word: string) => boolean): string[] {
  const own = new Set<number>();
  for (let at = last; at; at = at.before) own.add(at.index);
  const others = words.slice(from, to).map((word, i) => (own.has(from + i) ? '' : word));
  return others.filter((word, i) => word !== '' && Boolean(others[i - 1] || others[i + 1] || matters(word)));
}

/** How many of `words`, slips counting in part, repeat passages of `said`: the best one, then those around it. */
function repeated(words: readonly string[], said: readonly string[], least = 0): number {
  const best = bestPassage(words, said);
  if (!best || best.score < least) return 0;
  const before = repeated(words.slice(0, best.from), said, MIN_PASSAGE);
  return best.matched + before + repeated(words.slice(best.to), said, MIN_PASSAGE);
}

interface Passage {
  readonly score: number;
  readonly matched: number;
  readonly from: number;
  readonly to: number;
  /** The words of it that match, from the last one back. */
  readonly last: Match | undefined;
}

interface Match {
  readonly index: number;
  readonly before: Match | undefined;
}

/** The local alignment of the highest score; `from` and `to` in `words`. */
function bestPassage(words: readonly string[], said: readonly string[]): Passage | undefined {
  let best: Passage | undefined;
  let last: (Passage | undefined)[] = [];
  words.forEach((word, i) => {
    const row: (Passage | undefined)[] = [];
    said.forEach((own, j) => {
      const same = alike(word, own);
      const before = last[j - 1] ?? { score: 0, matched: 0, from: i, to: i, last: undefined };
      const options = [
        same >= MIN_ALIKE
          ? { ...grown(before, same, same, i + 1), last: { index: i, before: before.last } }
          : grown(before, -MISHEARD, 0, before.to),
        last[j] && grown(last[j], -GAP, 0, last[j].to),
        row[j - 1] && grown(row[j - 1] as Passage, -GAP, 0, (row[j - 1] as Passage).to),
      ];
      row[j] = options.reduce((a, b) => (b && b.score > (a?.score ?? 0) ? b : a), undefined);
      const cell = row[j];
      if (cell && cell.score > (best?.score ?? 0)) best = cell;
    });
    last = row;
  });
  return best;
}

const grown = (passage: Passage, score: number, matched: number, to: number): Passage => ({
  score: passage.score + score,
  matched: passage.matched + matched,
  from: passage.from,
  to,
  last: passage.last,
});

const WORD =
  /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|(?:(?![\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])[\p{L}\p{N}'])+/gu;

const wordsOf = (text: string): string[] =>
  (text.normalize('NFKC').toLowerCase().replace(/[’‘]/g, "'").match(WORD) ?? []).map((word) => word.replace(/'/g, ''));

/** 1 less the edits that make one word of the other, relative to the longer. */
function alike(a: string, b: string): number {
  if (a === b) return 1;
  const longer = Math.max(a.length, b.length);
  if (Math.abs(a.length - b.length) > longer * (1 - MIN_ALIKE)) return 0;
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(replaced, (last[j] as number) + 1, (row[j - 1] as number) + 1);
    }
    last = row;
  }
  return 1 - (last[b.length] as number) / longer;
}
