import * as protocol from '@parley/signaling/protocol';
import type { Documented, Exported } from './docstrings.ts';
import { code, defOf, isOpen, type LinkOf, neededOf, refusalsOf, type Schema, wordsOf } from './schema-words.ts';

/** A schema that has a name, and so a section of its own. */
interface Shape {
  /** The name of its type, where it is exported; else of the schema. */
  readonly title: string;
  readonly schemaName: string;
  readonly schema: Schema;
  readonly docs: Documented;
}

/** What errors say is told with the errors, not in a cell of a table. */
const ERRORS = ['Ack<T>', 'ERROR_CODES'];

/** docs/sdk/protocol.md: the messages, with their fields in words. */
export function protocolPage(exports: readonly Exported[], introduction: string): string {
  const shapes = shapesOf(exports);
  const linkOf: LinkOf = (schema) => {
    const shape = shapes.find((each) => each.schema === schema);
    return shape && linkTo(shape.title);
  };
  const { requests, notices } = protocol;
  const docs = { requests: documented(exports, 'requests'), notices: documented(exports, 'notices') };
  const parts = [
    introduction.trim(),
    ...['## Requests', docs.requests.doc, index('request', Object.keys(requests))],
    ...Object.entries(requests).map(([name, pair]) => requestSection(name, pair, docs.requests.at(name), linkOf)),
    ...['## Notices', docs.notices.doc, index('notice', Object.keys(notices))],
    ...Object.entries(notices).map(([name, notice]) => {
      const found = docs.notices.at(name);
      return section(`notice: ${name}`, found.doc, body(notice, found, linkOf));
    }),
    ...['## Errors', ...exports.filter(({ name }) => ERRORS.includes(name)).map(errorSection)],
    ...['## Shapes', 'What several messages are made of. Where the heading has a capital, it names the type.'],
    ...shapes.map(({ title, schemaName, schema, docs }) => {
      const named = title === schemaName ? '' : `Schema: ${code(schemaName)}`;
      return section(title, docs.doc, named, body(schema, docs, notTo(schema, linkOf)));
    }),
    ...['## Other exports', otherExports(exports, shapes)],
  ];
  return `${lines(parts)}\n`;
}

function shapesOf(exports: readonly Exported[]): Shape[] {
  return Object.entries(protocol)
    .flatMap(([schemaName, schema]) => {
      if (typeof schema !== 'object' || !('_zod' in schema)) return [];
      const title = exports.find(({ inferredFrom }) => inferredFrom === schemaName)?.name ?? schemaName;
      return [{ title, schemaName, schema, docs: documented(exports, schemaName) }];
    })
    .sort((a, b) => a.title.localeCompare(b.title, 'en'));
}

const documented = (exports: readonly Exported[], name: string): Documented =>
  exports.find((each) => each.name === name)!.value;

interface Pair {
  readonly request: Schema;
  readonly response: Schema;
}

function requestSection(name: string, { request, response }: Pair, docs: Documented, linkOf: LinkOf): string {
  const sent = body(request, docs.at('request'), linkOf);
  const answered = body(response, docs.at('response'), linkOf);
  const what = (word: string, told: string) =>
    told.includes('\n') ? `**${word}:**\n\n${told}` : `**${word}:** ${told}`;
  return section(`request: ${name}`, docs.doc, what('Sent', sent), what('Answered', answered));
}

const errorSection = ({ name, doc, alias }: Exported): string =>
  section(name.replace('<T>', '').replace('_', '\\_'), doc, alias ? `\`\`\`ts\ntype ${name} = ${alias};\n\`\`\`` : '');

/** What a message or a shape is: a table of its fields, or words. */
function body(schema: Schema, docs: Documented, linkOf: LinkOf): string {
  const link = linkOf(schema);
  if (link) return link;
  const needed = neededOf(schema);
  const found = needed === schema ? docs : docs.at('_zod', 'def', 'innerType');
  const { type, options = [] } = defOf(needed);
  if (type === 'union') {
    const told = options.map((option, at) => body(option, found.at('_zod', 'def', 'options', `${at}`), linkOf));
    return told.join('\n\nor\n\n');
  }
  const rows = rowsOf(needed, found, linkOf);
  if (type !== 'object') return lines([wordsOf(needed, linkOf), table(rows)]);
  if (rows.length === 0) return 'nothing, `{}`';
  return lines([
    table(rows),
    isOpen(needed) ? 'More fields pass through.' : '',
    ...refusalsOf(needed).map((refusal) => `Otherwise refused: “${refusal}”`),
  ]);
}

interface Row {
  readonly field: string;
  readonly what: string;
  readonly doc: string;
}

/** The fields of an object, and of the objects in it that have no name of their own. */
function rowsOf(schema: Schema, docs: Documented, linkOf: LinkOf, before = ''): Row[] {
  const { type, element, shape = {} } = defOf(schema);
  if (type === 'array' && !linkOf(element!)) {
    return rowsOf(element!, docs.at('_zod', 'def', 'element'), linkOf, `${before}[]`);
  }
  return Object.entries(shape).flatMap(([name, value]) => {
    const field = before ? `${before}.${name}` : name;
    const found = docs.at('shape', name);
    const needed = neededOf(value);
    const row = { field, what: `${needed === value ? '' : 'optional: '}${wordsOf(value, linkOf)}`, doc: found.doc };
    if (linkOf(value) || linkOf(needed)) return [row];
    return [row, ...rowsOf(needed, needed === value ? found : found.at('_zod', 'def', 'innerType'), linkOf, field)];
  });
}

function table(rows: readonly Row[]): string {
  if (rows.length === 0) return '';
  if (rows.every(({ doc }) => !doc)) {
    return ['| field | what |', '|---|---|', ...rows.map(({ field, what }) => `| ${code(field)} | ${what} |`)].join(
      '\n',
    );
  }
  const told = rows.map(({ field, what, doc }) => `| ${code(field)} | ${what} | ${inCell(doc)} |`);
  return ['| field | what | |', '|---|---|---|', ...told].join('\n');
}

function otherExports(exports: readonly Exported[], shapes: readonly Shape[]): string {
  const told = new Set([...ERRORS, ...shapes.flatMap(({ title, schemaName }) => [title, schemaName])]);
  const rows = exports
    .filter(({ name }) => !told.has(name))
    .map(({ name, doc, alias }) => {
      const bare = name.replace('<N>', '');
      const what = alias ? code(alias) : valueWords((protocol as Record<string, unknown>)[bare]);
      return `| <a id="${bare.toLowerCase()}"></a>${code(name)} | ${what} | ${inCell(doc)} |`;
    });
  return ['| name | what | |', '|---|---|---|', ...rows].join('\n');
}

function valueWords(value: unknown): string {
  if (typeof value === 'function') return 'function';
  return value === protocol.requests || value === protocol.notices ? 'schemas' : code(JSON.stringify(value));
}

/** A shape does not link to itself. */
const notTo =
  (self: Schema, linkOf: LinkOf): LinkOf =>
  (schema) =>
    schema === self ? undefined : linkOf(schema);

const linkTo = (title: string): string => `[${title}](#${title.toLowerCase()})`;
const index = (kind: string, names: readonly string[]): string =>
  names.map((name) => `[${name}](#${kind}-${name})`).join(' · ');
const section = (title: string, ...parts: string[]): string => lines([`### ${title}`, ...parts]);
const lines = (parts: readonly string[]): string => parts.filter(Boolean).join('\n\n');
const inCell = (doc: string): string => doc.replaceAll(/\s+/g, ' ');
