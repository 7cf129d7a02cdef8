import fc from 'fast-check';
import { fitting, type Known } from './fitting.ts';
import { keyed, ODD_KEYS, oddValue } from './oddities.ts';
import { boundsOf, type JsonSchema } from './schema.ts';

type Change =
  | { readonly how: 'replace'; readonly by: unknown }
  | { readonly how: 'remove' }
  | { readonly how: 'add'; readonly key: string; readonly value: unknown }
  | { readonly how: 'wrap'; readonly asArray: boolean }
  | { readonly how: 'unlike' };

const MOST_CHANGES = 3;

/** A value that a schema takes, changed at a few places; most do not fit any more, and a few still do. */
export function spoilt(
  schema: JsonSchema,
  { known = {}, examples = [] }: { known?: Known; examples?: readonly unknown[] } = {},
): fc.Arbitrary<unknown> {
  const odd = oddValue(boundsOf(schema));
  const change: fc.Arbitrary<Change> = fc.oneof(
    { weight: 6, arbitrary: odd.map((by) => ({ how: 'replace', by }) as const) },
    { weight: 2, arbitrary: fc.constant({ how: 'remove' } as const) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...ODD_KEYS), odd)
        .map(([key, value]) => ({ how: 'add', key, value }) as const),
    },
    { weight: 1, arbitrary: fc.boolean().map((asArray) => ({ how: 'wrap', asArray }) as const) },
    { weight: 2, arbitrary: fc.constant({ how: 'unlike' } as const) },
  );
  const made = Object.keys(schema).length > 0 ? [fitting(schema, known)] : [];
  const fits = fc.oneof(...made, ...(examples.length > 0 ? [fc.constantFrom(...examples)] : []));
  const places = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: MOST_CHANGES });
  return fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fits, places)
        .map(([value, changes]) => changes.reduce<unknown>((now, [at, each]) => changed(now, at, each), value)),
    },
    { weight: 1, arbitrary: odd },
  );
}

/** A copy with one thing changed at one place; the places are counted depth first. */
function changed(value: unknown, at: number, change: Change): unknown {
  const places = countOf(value);
  let left = at % places;
  const visit = (now: unknown): unknown => {
    if (left-- === 0) return apply(now, change);
    if (Array.isArray(now)) return now.map(visit).filter((each) => each !== REMOVED);
    if (!isPlain(now)) return now;
    const copy = {};
    for (const [key, each] of Object.entries(now)) {
      const next = visit(each);
      if (next !== REMOVED)
        Object.defineProperty(copy, key, { value: next, enumerable: true, configurable: true, writable: true });
    }
    return copy;
  };
  const next = visit(value);
  return next === REMOVED ? undefined : next;
}

const REMOVED = Symbol('removed');

function apply(value: unknown, change: Change): unknown {
  switch (change.how) {
    case 'replace':
      return change.by;
    case 'remove':
      return REMOVED;
    case 'add':
      if (isPlain(value))
        return Object.defineProperty({ ...value }, change.key, { value: change.value, enumerable: true });
      return keyed(change.key, value);
    case 'wrap':
      return change.asArray ? [value] : { value };
    case 'unlike':
      return unlike(value);
  }
}

/** Nearly the same, in another type: what lax comparisons let pass. */
function unlike(value: unknown): unknown {
  if (typeof value === 'string') return Number.isNaN(Number(value)) ? [...value] : Number(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return Number(value);
  if (Array.isArray(value)) return { ...value, length: value.length };
  if (isPlain(value)) return Object.values(value);
  return {};
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

/** Places of a value that can be changed; deep ones are left as they are. */
const countOf = (value: unknown, left = 40): number => {
  if (left === 0 || typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + countOf(each, left - 1), 1);
};
