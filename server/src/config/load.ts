import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type ConfigFile, parseConfigFile } from './file.ts';
import { configKeys, namesAt } from './keys.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { type Config, configSchema } from './schema.ts';
import { mostSimilar } from './similar.ts';
import { type Layers, readKey, unknownVariables, variableLayers } from './variables.ts';

export interface LoadOptions {
  /** Where `config.yaml` and `.env` are looked for. */
  readonly directory: string;
  readonly env: NodeJS.ProcessEnv;
}

const DEFAULT_FILE = 'config.yaml';
/** Longest part of a wrong value that is said back. */
const LONGEST_GIVEN = 60;
/** Parts of a value that are not said back: `apiKey`, and the headers and environment of tools. */
const SECRET = /key$|^(?:headers|env)$/i;

/**
 * Defaults, under the YAML file (`config.yaml`, or what PARLEY_CONFIG names), under `.env`, under the environment.
 * Throws a ConfigError that lists everything that is wrong.
 */
export function loadConfig({ directory, env }: LoadOptions): Config {
  const layers = variableLayers(env, readOptional(resolve(directory, '.env')));
  const file = readConfigFile(directory, layers);
  const { tree, origins } = overlay(file.tree, layers);
  const parsed = configSchema.safeParse(tree);
  const originOf = (path: readonly PropertyKey[]): string => origins.get(path.join('.')) ?? file.originOf(path);
  const problems = [
    ...file.problems,
    ...unknownVariables(layers),
    ...(parsed.error?.issues ?? []).flatMap((issue) => toProblems(issue, tree, originOf)),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems);
  return parsed.data;
}

function readConfigFile(directory: string, layers: Layers): ConfigFile {
  const named = layers.map((layer) => layer.get('PARLEY_CONFIG')).find((variable) => variable !== undefined);
  const name = named?.text ?? DEFAULT_FILE;
  const text = readOptional(resolve(directory, name));
  if (text === undefined && named) {
    const detail = `there is no readable file ${name}`;
    throw new ConfigError([{ key: 'PARLEY_CONFIG', origin: named.origin, problem: { kind: 'unreadable', detail } }]);
  }
  return parseConfigFile(name, text ?? '');
}

function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The file's tree with the variables laid over it, and where each of those came from. */
function overlay(below: Record<string, unknown>, layers: Layers) {
  const tree = structuredClone(below);
  const origins = new Map<string, string>();
  for (const key of configKeys) {
    const found = readKey(key, layers);
    if (!found) continue;
    origins.set(key.path.join('.'), found.origin);
    setIn(tree, key.path, found.value);
  }
  return { tree, origins };
}

function setIn(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  // A section that is no map is wrong already, and the schema will say so.
  if (tree[name] !== undefined && (typeof tree[name] !== 'object' || Array.isArray(tree[name]))) return;
  const section = (tree[name] ??= {}) as Record<string, unknown>;
  setIn(section, rest, value);
}

type Issue = NonNullable<ReturnType<typeof configSchema.safeParse>['error']>['issues'][number];

function toProblems(
  issue: Issue,
  tree: unknown,
  originOf: (path: readonly PropertyKey[]) => string,
): readonly ConfigProblem[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownKey([...issue.path, name], originOf));
  // An issue inside a list is the list's.
  const key = configKeys.find(({ path }) => path.every((part, at) => part === issue.path[at]));
  const path = key?.path ?? issue.path;
  return [
    {
      key: path.join('.'),
      origin: originOf(path),
      problem: {
        kind: 'wrong-value',
        given: key?.meta.secret ? '(hidden)' : shown(valueAt(tree, path)),
        allowed: key?.allowed ?? `a section with ${namesAt(path).join(', ')}`,
      },
    },
  ];
}

function unknownKey(path: readonly PropertyKey[], originOf: (path: readonly PropertyKey[]) => string): ConfigProblem {
  const above = path.slice(0, -1);
  const near = mostSimilar(String(path.at(-1)), namesAt(above));
  const elsewhere = configKeys.filter((key) => key.path.at(-1) === path.at(-1));
  const moved = elsewhere.length === 1 ? elsewhere[0]?.path.join('.') : undefined;
  const meant = near ? [...above, near].join('.') : moved;
  return { key: path.join('.'), origin: originOf(path), problem: { kind: 'unknown', meant } };
}

const valueAt = (tree: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((node, part) => (node as Record<PropertyKey, unknown> | undefined)?.[part], tree);

/** Keys hide in lists, too. */
const shown = (value: unknown): string =>
  (JSON.stringify(value, (name, part) => (SECRET.test(name) ? '(hidden)' : part)) ?? 'nothing').slice(0, LONGEST_GIVEN);
