import * as z from 'zod';

/** What a schema is made of, as the zod library tells its tools. */
export interface Def {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly catchall?: Schema;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly options?: readonly Schema[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDef } }[];
}
interface CheckDef {
  readonly check: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly error?: (issue: object) => string | { readonly message: string } | undefined;
}
export type Schema = z.core.$ZodType;

/** The short name of a schema that has a section of its own, as a link to it. */
export type LinkOf = (schema: Schema) => string | undefined;

/** Whether an object may have fields that it does not name. */
export const isOpen = (schema: Schema): boolean => defOf(schema).catchall !== undefined;

export const defOf = (schema: Schema): Def => schema._zod.def as unknown as Def;

/** The schema without what says that it may be absent. */
export const neededOf = (schema: Schema): Schema => {
  const { type, innerType } = defOf(schema);
  return type === 'optional' && innerType ? innerType : schema;
};

/** What a schema takes, in few words; the fields of an object are told elsewhere. */
export function wordsOf(schema: Schema, linkOf: LinkOf): string {
  const link = linkOf(schema);
  if (link) return link;
  const def = defOf(schema);
  if (def.type === 'optional') return wordsOf(def.innerType!, linkOf);
  return [plainWords(schema, def, linkOf), ...refusalsOf(schema).map((refusal) => `else “${refusal}”`)].join('; ');
}

/** What else must hold: what the refusal says where it does not. */
export const refusalsOf = (schema: Schema): string[] =>
  (defOf(schema).checks ?? []).flatMap(({ _zod: { def } }) => {
    const refusal = def.check === 'custom' ? def.error?.({}) : undefined;
    if (refusal === undefined) return [];
    return [typeof refusal === 'string' ? refusal : refusal.message];
  });

function plainWords(schema: Schema, def: Def, linkOf: LinkOf): string {
  switch (def.type) {
    case 'object':
      return isOpen(schema) ? 'object, more fields pass through' : 'object';
    case 'string':
      return textWords(schema);
    case 'number':
      return numberWords(schema);
    case 'boolean':
      return 'true or false';
    case 'enum':
      return Object.values(def.entries!)
        .map(code)
        .join(', ')
        .replace(/, ([^,]*)$/, ' or $1');
    case 'literal':
      return def.values!.map((value) => code(String(value))).join(' or ');
    case 'array':
      return `list of ${listed(def.element!, linkOf)}${range(boundsOf(def))}`;
    case 'record':
      return 'object: a value for each name';
    case 'union':
      return def.options!.map((option) => wordsOf(option, linkOf)).join(' or ');
    case 'unknown':
      return 'anything';
    default:
      throw new Error(`No words for a zod schema of type ${def.type}: say them here`);
  }
}

function textWords(schema: Schema): string {
  const { minLength, maxLength, pattern } = jsonOf(schema);
  const size = range({ min: minLength, max: maxLength });
  return ['text', size && `${size} characters`, pattern && `${size && ','} that fits ${code(pattern)}`].join('');
}

function numberWords(schema: Schema): string {
  const { type, minimum, maximum, exclusiveMinimum } = jsonOf(schema);
  const bounded = (limit: number | undefined) =>
    Math.abs(limit ?? Infinity) < Number.MAX_SAFE_INTEGER ? limit : undefined;
  const above = bounded(exclusiveMinimum);
  const size = above === undefined ? range({ min: bounded(minimum), max: bounded(maximum) }) : ` above ${above}`;
  return `${type === 'integer' ? 'whole number' : 'number'}${size}`;
}

const listed = (element: Schema, linkOf: LinkOf): string => {
  if (linkOf(element) || defOf(element).type !== 'object')
    return `(${wordsOf(element, linkOf)})`.replace(/^\((\S+)\)$/, '$1');
  return 'objects';
};

interface JsonWords {
  readonly type?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}
const jsonOf = (schema: Schema): JsonWords => z.toJSONSchema(schema, { io: 'input' }) as JsonWords;

function boundsOf({ checks = [] }: Def): { min?: number | undefined; max?: number | undefined } {
  const defs = checks.map(({ _zod }) => _zod.def);
  return {
    min: defs.find(({ check }) => check === 'min_length')?.minimum,
    max: defs.find(({ check }) => check === 'max_length')?.maximum,
  };
}

function range({ min, max }: { min?: number | undefined; max?: number | undefined }): string {
  if (min !== undefined && max !== undefined) return `, ${figure(min)} to ${figure(max)}`;
  if (max !== undefined) return `, at most ${figure(max)}`;
  return min === undefined ? '' : `, at least ${figure(min)}`;
}

const figure = (value: number): string => value.toLocaleString('en');

/** For a cell of a table, too. */
export const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
