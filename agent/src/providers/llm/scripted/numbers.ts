const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const VALUES = new Map<string, number>([
  ...ONES.map((word, i): [string, number] => [word, i]),
  ...TENS.map((word, i): [string, number] => [word, (i + 2) * 10]),
  ['fourty', 40],
  ['a', 1],
]);
const SCALES = new Map([
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1_000_000],
]);
const ZH_DIGITS = new Map([...'零一二三四五六七八九'].map((char, i): [string, number] => [char, i]));
for (const [char, value] of [
  ['〇', 0],
  ['两', 2],
] as const)
  ZH_DIGITS.set(char, value);
const ZH_UNITS = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1000],
]);
const ZH_SCALES = new Map([
  ['万', 10_000],
  ['亿', 100_000_000],
]);

/** A number read from the start of a list of words. */
export interface ReadNumber {
  readonly value: number;
  readonly words: number;
}

/** "twenty one", "a hundred and five", "3.5", "2 million"; undefined where no number begins. */
export function readNumber(words: readonly string[]): ReadNumber | undefined {
  let total = 0;
  let group: number | undefined;
  let last = Number.POSITIVE_INFINITY;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    const scale = SCALES.get(word);
    if (scale !== undefined && group !== undefined) {
      if (scale === 100) group *= 100;
      else {
        total += group * scale;
        group = 0;
      }
      last = scale;
      continue;
    }
    if (word === 'and' && last >= 100 && last !== Number.POSITIVE_INFINITY && VALUES.has(words[at + 1] ?? '')) continue;
    const value = /^\d+(\.\d+)?$/.test(word) ? Number(word) : VALUES.get(word);
    if (value === undefined || (word === 'a' && !SCALES.has(words[at + 1] ?? ''))) break;
    // "two three" are two numbers, "twenty three" is one.
    const joins = group === undefined || last >= 100 || (last >= 20 && last < 100 && value > 0 && value < 10);
    if (!joins) break;
    group = (group ?? 0) + value;
    last = value;
  }
  if (group === undefined) return undefined;
  return withDecimals({ value: total + group, words: at }, words);
}

/** "three point one four". */
function withDecimals(whole: ReadNumber, words: readonly string[]): ReadNumber {
  if (words[whole.words] !== 'point') return whole;
  let digits = '';
  let at = whole.words + 1;
  for (; ONES.indexOf(words[at] ?? '') >= 0 && ONES.indexOf(words[at] ?? '') < 10; at++)
    digits += ONES.indexOf(words[at] ?? '');
  return digits === '' ? whole : { value: whole.value + Number(`0.${digits}`), words: at };
}

/** "十二", "一百零五", "二零二五", "3.5", "三点一四"; undefined for what is none. */
export function readChineseNumber(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const [whole = '', decimals] = text.split('点');
  const digits = [...whole].every((char) => ZH_DIGITS.has(char));
  const value = digits ? Number([...whole].map((char) => ZH_DIGITS.get(char)).join('')) : readUnits(whole);
  if (whole === '' || value === undefined) return undefined;
  if (decimals === undefined) return value;
  if (decimals === '' || ![...decimals].every((char) => ZH_DIGITS.has(char))) return undefined;
  return value + Number(`0.${[...decimals].map((char) => ZH_DIGITS.get(char)).join('')}`);
}

function readUnits(text: string): number | undefined {
  let total = 0;
  let group = 0;
  let digit: number | undefined;
  for (const char of text) {
    const unit = ZH_UNITS.get(char);
    const scale = ZH_SCALES.get(char);
    if (ZH_DIGITS.has(char)) digit = ZH_DIGITS.get(char);
    else if (unit !== undefined) {
      group += (digit ?? 1) * unit;
      digit = undefined;
    } else if (scale !== undefined) {
      total = (total + group + (digit ?? 0)) * scale;
      group = 0;
      digit = undefined;
    } else return undefined;
  }
  return total + group + (digit ?? 0);
}

/** 0 to 100 in words. */
export function sayNumber(value: number): string {
  if (value < 20) return ONES[value] as string;
  if (value === 100) return 'one hundred';
  const ten = TENS[Math.floor(value / 10) - 2] as string;
  return value % 10 === 0 ? ten : `${ten}-${ONES[value % 10]}`;
}

/** 0 to 100 in Chinese characters. */
export function sayChineseNumber(value: number): string {
  const digit = (n: number): string => '零一二三四五六七八九'[n] as string;
  if (value < 10) return digit(value);
  if (value === 100) return '一百';
  const tens = Math.floor(value / 10);
  return `${tens === 1 ? '' : digit(tens)}十${value % 10 === 0 ? '' : digit(value % 10)}`;
}
