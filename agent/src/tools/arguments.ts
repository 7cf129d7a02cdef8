import * as z from 'zod';
import { shortText } from './text.ts';
import { ToolError } from './tool-error.ts';

/** The LLM's own writing is bounded by its tokens; this bounds what a broken server makes of it. */
const MAX_ARGS_CHARS = 64 * 1024;
const MAX_ISSUES = 5;

export type Arguments = Readonly<Record<string, unknown>>;
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Says what is wrong with the arguments, or nothing. */
type Check = (args: Arguments) => string | undefined;

/**
 * Arguments as LLMs write them: JSON text of an object. They are checked against the tool's JSON Schema. Throws a
 * ToolError that tells the LLM what to mend.
 */
export class ArgumentReader {
  /** By the schema's identity: tools keep theirs. */
  readonly #checks = new WeakMap<JsonSchema, Check>();

  /** `trusted`: the schema was written by who runs the server, so all of it is used. */
  read(text: string, schema: JsonSchema, { trusted }: { trusted: boolean }): Arguments {
    const args = parse(text);
    let check = this.#checks.get(schema);
    if (!check) this.#checks.set(schema, (check = compile(trusted ? schema : plainPart(schema))));
    const wrong = check(args);
    if (wrong !== undefined) throw new ToolError('the arguments do not fit', wrong);
    return args;
  }
}

function parse(text: string): Arguments {
  if (text.length > MAX_ARGS_CHARS) throw new ToolError('the arguments are too long');
  let value: unknown;
  try {
    value = JSON.parse(text.trim() === '' ? '{}' : text);
  } catch {
    throw new ToolError('the arguments are not JSON', 'give one JSON object');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ToolError('the arguments are not a JSON object');
  }
  return value as Arguments;
}

/** A schema that zod cannot read checks nothing: the tool is the judge, and must be in any case. */
function compile(schema: JsonSchema): Check {
  let parser: z.ZodType;
  try {
    parser = z.fromJSONSchema({ ...schema, type: 'object' }, { registry: z.registry() });
  } catch {
    return () => undefined;
  }
  return (args) => {
    try {
      return parser.safeParse(args, { reportInput: true }).error?.issues.slice(0, MAX_ISSUES).map(inWords).join('; ');
    } catch {
      return undefined;
    }
  };
}

function inWords(issue: z.core.$ZodIssue): string {
  const where = issue.path.length > 0 ? `"${issue.path.join('.')}": ` : '';
  if (issue.code === 'invalid_type' && issue.input === undefined) return shortText(`${where}is missing`, 200);
  const choices = issue.code === 'invalid_union' ? issue.errors.flat().map(({ message }) => message) : [];
  return shortText(`${where}${choices.length > 0 ? choices.join(', or ') : issue.message}`, 200);
}

const FOREIGN = ['$ref', '$dynamicRef', 'pattern', 'format'];

/**
 * What can be checked of a stranger's schema in a time that is bounded by its length: no patterns, which could hold up
 * the thread, and no references, which could grow without end. Only ever more lenient than the whole: `oneOf` becomes
 * `anyOf`, because two choices may look alike when parts are left out.
 */
export function plainPart(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value) => {
    if (typeof value === 'string' && FOREIGN.includes(key)) return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const { oneOf, patternProperties, ...rest } = value;
    if (patternProperties !== undefined) delete rest.additionalProperties;
    return Array.isArray(oneOf) ? { anyOf: oneOf, ...rest } : rest;
  });
}
