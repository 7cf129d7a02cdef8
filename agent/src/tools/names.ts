import type { Tool, ToolSpec } from '../contracts/index.ts';

/** What LLMs take. */
const MAX_NAME_CHARS = 64;
const MAX_DESCRIPTION_CHARS = 1024;
/** What LLMs take in one request; the most of them choose badly among far fewer. */
export const MAX_TOOLS = 128;

/** A tool with where it comes from, which goes before its name where two are called the same. */
export interface SourcedTool extends Tool {
  /** The MCP server's name, or `client`; absent for a webhook, which keeps its name. */
  readonly source?: string;
}

export interface NamedTools {
  readonly specs: readonly ToolSpec[];
  /** Also under names that tools have while another of the same name is there. */
  find(name: string): SourcedTool | undefined;
  /** Tools beyond the bound. */
  readonly leftOut: number;
}

/** Gives each tool a name of its own. The first ones stay where there are too many. */
export function named(tools: readonly SourcedTool[]): NamedTools {
  const counts = Map.groupBy(tools, ({ spec }) => plain(spec.name));
  const byName = new Map<string, SourcedTool>();
  const long = new Map<string, SourcedTool>();
  const specs: ToolSpec[] = [];
  for (const tool of tools) {
    const short = plain(tool.spec.name);
    const full = tool.source === undefined ? short : plain(`${tool.source}_${tool.spec.name}`);
    if (!long.has(full)) long.set(full, tool);
    if (specs.length >= MAX_TOOLS) continue;
    const name = unique((counts.get(short)?.length ?? 0) > 1 ? full : short, byName);
    byName.set(name, tool);
    specs.push({ name, description: described(tool.spec.description), parameters: asObject(tool.spec.parameters) });
  }
  const find = (name: string): SourcedTool | undefined => byName.get(name) ?? long.get(name);
  return { specs, find, leftOut: tools.length - specs.length };
}

const plain = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_NAME_CHARS) || 'tool';

const described = (text: string): string =>
  text.length <= MAX_DESCRIPTION_CHARS ? text : `${text.slice(0, MAX_DESCRIPTION_CHARS - 3)}...`;

function unique(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name.slice(0, MAX_NAME_CHARS - 4)}_${n}`;
  return free;
}

/** Some LLM servers refuse an object without `properties`, or a `$schema` that they do not know. */
function asObject({ $schema: _, ...schema }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...schema, type: 'object', properties: schema.properties ?? {} };
}
