import * as z from 'zod';
import { configSchema, type KeyMeta } from './schema.ts';

/** One key of the configuration, as documents, messages and environment variables know it. */
export interface ConfigKey {
  /** e.g. `['engines', 'asr', 'timeoutMs']`. */
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  readonly description: string;
  /** Undefined where the key may be absent. */
  readonly fallback: unknown;
  /** What is allowed, in words. */
  readonly allowed: string;
  /** The derived variable, then the short one where there is one. */
  readonly variables: readonly string[];
  readonly meta: KeyMeta;
}

export interface Section {
  readonly path: readonly string[];
  readonly description: string;
}

const PREFIX = 'PARLEY';

/** `media.announcedAddress` -> `PARLEY_MEDIA_ANNOUNCED_ADDRESS`. */
export const variableOf = (path: readonly string[]): string =>
  [PREFIX, ...path.map((part) => part.replace(/[A-Z]/g, '_$&').toUpperCase())].join('_');

export const sections: readonly Section[] = Object.entries(configSchema.shape).map(([name, schema]) => ({
  path: [name],
  description: schema.description ?? '',
}));

export const configKeys: readonly ConfigKey[] = keysOf(configSchema, []);

export const findKey = (path: readonly PropertyKey[]): ConfigKey | undefined => {
  const wanted = path.join('.');
  return configKeys.find((key) => key.path.join('.') === wanted);
};

/** What an object of the configuration may hold at `path`. */
export function namesAt(path: readonly PropertyKey[]): string[] {
  const prefix = path.length > 0 ? `${path.join('.')}.` : '';
  const names = configKeys.map((key) => key.path.join('.')).filter((name) => name.startsWith(prefix));
  return [...new Set(names.map((name) => name.slice(prefix.length).split('.')[0] ?? ''))];
}

function keysOf(object: z.ZodObject, path: readonly string[]): ConfigKey[] {
  return Object.entries(object.shape).flatMap(([name, schema]) => {
    const here = [...path, name];
    const inner = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
    return inner instanceof z.ZodObject ? keysOf(inner, here) : [describeKey(schema as z.ZodType, here)];
  });
}

function describeKey(schema: z.ZodType, path: readonly string[]): ConfigKey {
  const meta = (schema.meta() ?? {}) as KeyMeta;
  const absent = schema.safeParse(undefined);
  return {
    path,
    schema,
    description: schema.description ?? '',
    fallback: absent.data,
    allowed: inWords(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema),
    variables: [variableOf(path), ...(meta.env ? [meta.env] : [])],
    meta,
  };
}

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
}

function inWords(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  if (schema.anyOf) return schema.anyOf.map(inWords).join(' or ');
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return `a list: ${inWords(schema.items ?? {})}`;
    case 'object':
      return schema.properties ? `a map with ${Object.keys(schema.properties).join(', ')}` : 'a map';
    default:
      return text(schema);
  }
}

function text({ format, minLength }: JsonSchema): string {
  if (format === 'uri') return 'an http(s) URL';
  if (format === 'ipv4') return 'an IPv4 address';
  if (format === 'ipv6') return 'an IPv6 address';
  return minLength ? 'text that is not empty' : 'text';
}

function range({ minimum, maximum }: JsonSchema): string {
  const low = minimum !== undefined ? ` from ${minimum}` : '';
  // JSON Schema gives every whole number this bound.
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? ` to ${maximum}` : '';
  return `${low}${high}`;
}
