import fc from 'fast-check';
import type { JsonSchema } from './schema.ts';

/** Values for properties of these names, in the place of what their schema would give. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

/** Longest string and array that is made where the schema allows more: those are made by spoiling. */
const MOST_CHARACTERS = 24;
const MOST_ITEMS = 3;

/** Examples for patterns that cannot be made by their grammar. */
const WORDS = ['Ada', 'en', 'pt-BR', 'room-1', 'a line', '2026-01-02T03:04:05Z', 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0', 'x'];

/** Values that a schema takes; those of `known` may not. */
export function fitting(schema: JsonSchema, known: Known = {}): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((each) => fitting(each, known)));
  if (schema.allOf) return fitting(Object.assign({}, schema, { allOf: undefined }, ...schema.allOf), known);
  const [type] = [schema.type ?? (schema.properties ? 'object' : undefined)].flat();
  switch (type) {
    case 'string':
      return fittingString(schema);
    case 'integer':
    case 'number':
      return fittingNumber(schema, type);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(schema.items ?? {}, known), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? MOST_ITEMS, MOST_ITEMS)),
      });
    case 'object':
      return fittingObject(schema, known);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function fittingString({
  pattern,
  format,
  minLength = 0,
  maxLength = MOST_CHARACTERS,
}: JsonSchema): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.constantFrom('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678+05:30');
  if (format === 'uri') return fc.constantFrom('https://127.0.0.1:9/hook', 'http://localhost:9/');
  if (pattern === undefined) {
    return fc.string({
      unit: 'grapheme',
      minLength,
      maxLength: Math.max(minLength, Math.min(maxLength, MOST_CHARACTERS)),
    });
  }
  const matcher = new RegExp(pattern, 'u');
  const words = WORDS.filter((each) => matcher.test(each));
  // Beyond the library that makes strings from patterns: Unicode properties, and looking ahead.
  if (/\\[pP]\{|\(\?/.test(pattern)) return fc.constantFrom(...(words.length > 0 ? words : ['x']));
  return fc.stringMatching(matcher, { size: 'small' });
}

function fittingNumber(schema: JsonSchema, type: 'integer' | 'number'): fc.Arbitrary<number> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const min = Math.max(minimum ?? exclusiveMinimum ?? -1e6, Number.MIN_SAFE_INTEGER);
  const max = Math.min(maximum ?? exclusiveMaximum ?? Math.max(min, 0) + 1e6, Number.MAX_SAFE_INTEGER);
  if (type === 'number') return fc.double({ min, max, noNaN: true });
  return fc.integer({ min: exclusiveMinimum === undefined ? min : min + 1, max: Math.min(max, 2 ** 31 - 1) });
}

function fittingObject(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties: others } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, each]) => {
      const values = known[name];
      return [name, values ? fc.constantFrom(...values) : fitting(each, known)];
    }),
  );
  const made = fc.record(fields, { requiredKeys: required.filter((name) => name in fields), noNullPrototype: true });
  if (!others || Object.keys(properties).length > 0) return made;
  return fc.dictionary(fc.constantFrom('a', 'b', 'some key'), fitting(others === true ? {} : others, known), {
    maxKeys: MOST_ITEMS,
    noNullPrototype: true,
  });
}
