import { LineCounter, parseDocument } from 'yaml';
import type { ConfigProblem } from './problem.ts';

export interface ConfigFile {
  readonly tree: Record<string, unknown>;
  readonly problems: readonly ConfigProblem[];
  /** File and line of a key. */
  originOf(path: readonly PropertyKey[]): string;
}

/** Reads a YAML configuration. What is empty counts as absent. */
export function parseConfigFile(name: string, text: string): ConfigFile {
  const lineCounter = new LineCounter();
  // No pretty errors: they quote lines, and a line may hold a secret.
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const at = (offset: number | undefined): string =>
    offset === undefined ? name : `${name}:${lineCounter.linePos(offset).line}`;
  const unreadable = (detail: string, offset?: number): ConfigProblem => ({
    key: name,
    origin: at(offset),
    problem: { kind: 'unreadable', detail },
  });
  const problems = document.errors.map(({ code, pos }) => unreadable(`this is not valid YAML (${code})`, pos[0]));
  const content: unknown = problems.length > 0 ? {} : (document.toJS() ?? {});
  const isMap = typeof content === 'object' && !Array.isArray(content);
  if (!isMap) problems.push(unreadable('the file must hold sections such as "server:"', 0));
  return {
    tree: isMap ? withoutNulls(content as Record<string, unknown>) : {},
    problems,
    originOf(path) {
      const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
      return at(node?.range?.[0]);
    },
  };
}

function withoutNulls(tree: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(tree).flatMap(([name, value]) => {
    if (value === null) return [];
    const isMap = typeof value === 'object' && !Array.isArray(value);
    return [[name, isMap ? withoutNulls(value as Record<string, unknown>) : value] as const];
  });
  return Object.fromEntries(entries);
}
