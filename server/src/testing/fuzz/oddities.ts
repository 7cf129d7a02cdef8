// What no caller sends by accident, and somebody sends on purpose.
import fc from 'fast-check';
import type { Bounds } from './schema.ts';

/** Names that mean something to objects, to JSON or to databases. */
export const ODD_KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'toJSON',
  'then',
  '_placeholder',
  '',
  '\0',
  '$where',
  'a'.repeat(2000),
];

export const ODD_STRINGS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\r\nSet-Cookie: a=b',
  '\n',
  '\u2028\u2029',
  '\ud800',
  'a\udc00b',
  '\ufeff',
  '\u202e\u2066txt.exe\u2069',
  'é'.normalize('NFD').repeat(20),
  '👩‍👩‍👧‍👦'.repeat(10),
  '﷽'.repeat(30),
  '__proto__',
  'constructor',
  'null',
  'undefined',
  '0',
  '-1',
  '1e309',
  'true',
  '[]',
  '{}',
  '../../../../etc/passwd',
  '..\\..\\x',
  '%00',
  '%zz',
  "' OR 1=1 --",
  '"; DROP TABLE calls; --',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '$(id)',
  '=cmd|x',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'http://[::1]:0/',
];

export const ODD_NUMBERS = [
  0,
  -0,
  -1,
  0.5,
  1e-320,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  -(2 ** 53) - 2,
  1e21,
  Number.MAX_VALUE,
  // JSON has neither: they arrive as null.
  Number.NaN,
  Number.POSITIVE_INFINITY,
];

/** Objects that pose as something else: whoever asks them for their length or their text is in for a surprise. */
const POSING: readonly unknown[] = [
  { length: { toString: {} } },
  { length: 1e9 },
  { toString: 1, valueOf: null },
  { toJSON: {} },
];

/** Lengths of strings that are long and still fit into a message. */
const LONG = [300, 5000, 20_000];
const DEPTHS = [3, 30, 1500];

export const nested = (depth: number, asArray: boolean): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = asArray ? [value] : { a: value };
  return value;
};

/** An object that has this key itself, whatever it is called. */
export const keyed = (key: string, value: unknown): unknown =>
  Object.defineProperty({}, key, { value, enumerable: true, configurable: true, writable: true });

/** A value of any kind, odd ones first, also such as lie at the bounds of the schema in question. */
export function oddValue({ lengths, numbers }: Bounds): fc.Arbitrary<unknown> {
  const length = fc.constantFrom(...LONG, ...lengths.filter((each) => each <= 40_000));
  const unit = fc.constantFrom('x', 'ü', '5', ' ', '\0', '😀');
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { a: null }, ...POSING) },
    { weight: 4, arbitrary: fc.constantFrom(...ODD_STRINGS) },
    { weight: 4, arbitrary: fc.constantFrom(...ODD_NUMBERS, ...numbers) },
    { weight: 3, arbitrary: fc.tuple(unit, length).map(([each, times]) => each.repeat(times)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(length, fc.constantFrom<unknown>(0, 'x', {}, null))
        .map(([n, each]) => Array(Math.min(n, 3000)).fill(each)),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom(...DEPTHS), fc.boolean()).map(([n, asArray]) => nested(n, asArray)),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...ODD_KEYS), fc.constantFrom<unknown>(1, 'x', {}, null))
        .map(([key, each]) => keyed(key, each)),
    },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 3, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
}
