import { readChineseNumber, readNumber } from './numbers.ts';

type Operator = '+' | '-' | '*' | '/';

/** A sum as it was understood. */
export interface Sum {
  readonly numbers: readonly number[];
  /** One fewer than numbers. */
  readonly operators: readonly Operator[];
}

const OPERATORS: readonly (readonly [words: readonly string[], operator: Operator])[] = [
  [['plus'], '+'],
  [['+'], '+'],
  [['minus'], '-'],
  [['less'], '-'],
  [['take', 'away'], '-'],
  [['-'], '-'],
  [['multiplied', 'by'], '*'],
  [['times'], '*'],
  [['time'], '*'],
  [['x'], '*'],
  [['*'], '*'],
  [['divided', 'by'], '/'],
  [['over'], '/'],
  [['/'], '/'],
];
/** "add 3 to 4": first number, separator, second number; subtraction turns them round. */
const COMMANDS: readonly (readonly [words: string, between: readonly string[], operator: Operator, turned?: true])[] = [
  ['add', ['and', 'to'], '+'],
  ['sum of', ['and'], '+'],
  ['multiply', ['by', 'and'], '*'],
  ['product of', ['and'], '*'],
  ['divide', ['by'], '/'],
  ['subtract', ['from'], '-', true],
];
/** What a recogniser writes for numbers next to an operator. */
const HOMOPHONES: Readonly<Record<string, string>> = {
  to: 'two',
  too: 'two',
  for: 'four',
  fore: 'four',
  ate: 'eight',
  won: 'one',
  tree: 'three',
  sex: 'six',
  tin: 'ten',
  dwell: 'twelve',
  well: 'twelve',
};

const ZH_NUMBER = '[零〇一二两三四五六七八九十百千万亿点\\d.]+';
const ZH_OPERATORS: readonly (readonly [RegExp, Operator])[] = [
  [/^(?:加上|加|\+)/, '+'],
  [/^(?:减去|减|-)/, '-'],
  [/^(?:乘以|乘|[×xX*])/, '*'],
  [/^(?:除以|[÷/])/, '/'],
];

/** The sum in an English sentence, in words or digits; undefined where there is none. */
export function findSum(text: string): Sum | undefined {
  const words = sumWords(text);
  for (let from = 0; from < words.length; from++) {
    const sum = command(words.slice(from)) ?? chain(words.slice(from));
    if (sum) return sum;
  }
  return undefined;
}

/** The same in Chinese. */
export function findChineseSum(text: string): Sum | undefined {
  for (const { index } of text.matchAll(new RegExp(`(?<!${ZH_NUMBER.slice(0, -1)})${ZH_NUMBER}`, 'g'))) {
    const sum = chineseChain(text.slice(index).replace(/\s+/g, ''));
    if (sum) return sum;
  }
  return undefined;
}

/** The value, products before sums. Not finite where it divides by zero. */
export function work({ numbers, operators }: Sum): number {
  let total = 0;
  let term = numbers[0] as number;
  operators.forEach((operator, i) => {
    const next = numbers[i + 1] as number;
    if (operator === '*') term *= next;
    else if (operator === '/') term = next === 0 ? Number.NaN : term / next;
    else {
      total += term;
      term = operator === '-' ? -next : next;
    }
  });
  return total + term;
}

function sumWords(text: string): string[] {
  const spaced = text
    .toLowerCase()
    .replace(/(\d),(?=\d{3}\b)/g, '$1')
    .replace(/[×·]/g, '*')
    .replace(/÷/g, '/')
    .replace(/(?<=\d)\s*x\s*(?=\d)/g, ' x ')
    .replace(/(?<=[a-z])-(?=[a-z])/g, ' ')
    .replace(/([+*/=]|-)/g, ' $1 ');
  return spaced.match(/\d+(?:\.\d+)?|[a-z']+|[+*/-]/g) ?? [];
}

function chain(words: readonly string[]): Sum | undefined {
  const first = operand(words);
  if (!first) return undefined;
  const numbers = [first.value];
  const operators: Operator[] = [];
  for (let rest = words.slice(first.words); ; ) {
    const found = OPERATORS.find(([sign]) => sign.every((word, i) => rest[i] === word));
    const next = found && operand(rest.slice(found[0].length));
    if (!next) break;
    numbers.push(next.value);
    operators.push(found[1]);
    rest = rest.slice(found[0].length + next.words);
  }
  return operators.length > 0 ? { numbers, operators } : undefined;
}

function command(words: readonly string[]): Sum | undefined {
  for (const [name, between, operator, turned] of COMMANDS) {
    const start = name.split(' ');
    if (!start.every((word, i) => words[i] === word)) continue;
    const first = readNumber(words.slice(start.length));
    const at = start.length + (first?.words ?? 0);
    if (!first || !between.includes(words[at] ?? '')) continue;
    const second = operand(words.slice(at + 1));
    if (second)
      return { numbers: turned ? [second.value, first.value] : [first.value, second.value], operators: [operator] };
  }
  return undefined;
}

function operand(words: readonly string[]): ReturnType<typeof readNumber> {
  if (words[0] === '-' || words[0] === 'minus') {
    const positive = readNumber(words.slice(1));
    return positive && { value: -positive.value, words: positive.words + 1 };
  }
  return readNumber(words) ?? readNumber([HOMOPHONES[words[0] ?? ''] ?? '', ...words.slice(1)]);
}

function chineseChain(text: string): Sum | undefined {
  const number = new RegExp(`^${ZH_NUMBER}`);
  const numbers: number[] = [];
  const operators: Operator[] = [];
  for (let rest = text; ; ) {
    const [written] = number.exec(rest) ?? [];
    const value = written === undefined ? undefined : readChineseNumber(written);
    if (written === undefined || value === undefined) break;
    numbers.push(value);
    rest = rest.slice(written.length);
    const sign = ZH_OPERATORS.map(([pattern, operator]) => ({ match: pattern.exec(rest)?.[0], operator })).find(
      (s) => s.match,
    );
    if (!sign?.match) break;
    operators.push(sign.operator);
    rest = rest.slice(sign.match.length);
  }
  const whole = operators.slice(0, numbers.length - 1);
  return whole.length > 0 ? { numbers, operators: whole } : undefined;
}
