import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { type LinkOf, type Schema, wordsOf } from './schema-words.ts';

const mood = z.enum(['calm', 'happy', 'sad']);
const linkOf: LinkOf = (schema) => (schema === mood ? '[Mood](#mood)' : undefined);
const words = (schema: Schema) => wordsOf(schema, linkOf);

describe('a schema in words', () => {
  test.each<[string, Schema, string]>([
    ['text', z.string(), 'text'],
    ['text of some size', z.string().check(z.minLength(1), z.maxLength(4000)), 'text, 1 to 4,000 characters'],
    ['text of a form', z.string().check(z.regex(/^(a|b)$/)), 'text that fits `^(a\\|b)$`'],
    [
      'text of some size and form',
      z.string().check(z.maxLength(8), z.regex(/^a+$/)),
      'text, at most 8 characters, that fits `^a+$`',
    ],
    ['a number', z.number().check(z.minimum(0.25), z.maximum(4)), 'number, 0.25 to 4'],
    ['a whole number', z.int(), 'whole number'],
    ['a whole number that is bounded', z.int().check(z.nonnegative()), 'whole number, at least 0'],
    ['a number above a bound', z.int().check(z.positive()), 'whole number above 0'],
    ['a choice', z.enum(['a', 'b', 'c']), '`a`, `b` or `c`'],
    ['what has a section of its own', z.optional(mood), '[Mood](#mood)'],
    ['a list of it', z.array(mood).check(z.maxLength(3)), 'list of [Mood](#mood), at most 3'],
    ['a list of bounded things', z.array(z.string().check(z.maxLength(9))), 'list of (text, at most 9 characters)'],
    ['a list of objects', z.array(z.object({ a: z.string() })), 'list of objects'],
    ['an object with room for more', z.looseObject({}), 'object, more fields pass through'],
    ['a further rule', z.string().check(z.refine((text) => text !== 'no', 'say yes')), 'text; else “say yes”'],
  ])('%s', (_what, schema, expected) => {
    expect(words(schema)).toBe(expected);
  });

  test('of a kind that it has no words for stops the page', () => {
    expect(() => words(z.date())).toThrow('No words for a zod schema of type date');
  });
});
