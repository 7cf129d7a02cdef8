import { parseEnv } from 'node:util';
import { type ConfigKey, configKeys, sections, variableOf } from './keys.ts';
import type { ConfigProblem } from './problem.ts';
import { mostSimilar } from './similar.ts';

export interface Variable {
  readonly text: string;
  readonly origin: string;
}

/** Variables by name, in layers; the first layer that has one wins. */
export type Layers = readonly ReadonlyMap<string, Variable>[];

const OFF = /^(0|false|no|off)$/i;

/** The real environment, then the `.env` file. Empty variables count as absent: Compose files make them. */
export function variableLayers(env: NodeJS.ProcessEnv, dotEnv: string | undefined): Layers {
  const lines = dotEnv?.split('\n') ?? [];
  const lineOf = (name: string): number => lines.findLastIndex((line) => line.trim().startsWith(name)) + 1;
  return [
    layer(env, (name) => `environment variable ${name}`),
    layer(dotEnv === undefined ? {} : parseEnv(dotEnv), (name) => `.env:${lineOf(name)}, ${name}`),
  ];
}

function layer(env: NodeJS.ProcessEnv, originOf: (name: string) => string): ReadonlyMap<string, Variable> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]);
  return new Map(entries.map(([name, text]) => [name, { text, origin: originOf(name) }]));
}

/** What the variables say of a key: the derived name before the short one, in each layer. */
export function readKey(key: ConfigKey, layers: Layers): { value: unknown; origin: string } | undefined {
  for (const each of layers) {
    for (const name of key.variables) {
      const variable = each.get(name);
      const value = variable && readingOf(key, name, variable.text);
      if (variable && value !== undefined) return { value, origin: variable.origin };
    }
  }
  return undefined;
}

/** The first reading of the text that the key allows; the text itself where none is, for the message. */
function readingOf(key: ConfigKey, name: string, text: string): unknown {
  if (name === 'DEBUG') return OFF.test(text) ? undefined : 'debug';
  const list = text.split(',').map((part) => part.trim());
  const number = text.trim() === '' ? Number.NaN : Number(text);
  const readings = [text, number, ...(/^(true|1|yes|on)$/i.test(text) ? [true] : OFF.test(text) ? [false] : []), list];
  return readings.find((reading) => key.schema.safeParse(reading).success) ?? text;
}

/** PARLEY_ variables that look like keys and are none. Others with the prefix belong to other programs. */
export function unknownVariables(layers: Layers): ConfigProblem[] {
  const known = configKeys.map(({ path }) => variableOf(path));
  const prefixes = sections.map(({ path }) => `${variableOf(path)}_`);
  return layers.flatMap((each) =>
    [...each].flatMap(([name, { origin }]) => {
      if (known.includes(name) || !prefixes.some((prefix) => name.startsWith(prefix))) return [];
      return [{ key: name, origin, problem: { kind: 'unknown', meant: mostSimilar(name, known) } } as const];
    }),
  );
}
