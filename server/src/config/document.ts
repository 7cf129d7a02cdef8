import { stringify } from 'yaml';
import { type ConfigKey, configKeys, sections } from './keys.ts';

const WIDTH = 100;

/** The example file: every key with its default and its description. Loading it changes nothing. */
export function exampleYaml(): string {
  const head = comment(
    'Every key with its default. Copy to config.yaml and keep what you change. Made from the schema by ' +
      '`node server/src/config/print-example.ts`.',
    '',
  );
  const body = sections.map(({ path, description }) => {
    const [name = ''] = path;
    return `${comment(description, '')}\n${name}:\n${branch(
      configKeys.filter((key) => key.path[0] === name),
      1,
    )}`;
  });
  return `${[head, ...body].join('\n\n')}\n`;
}

/** The keys below one map, at this depth of the file. */
function branch(keys: readonly ConfigKey[], depth: number): string {
  const indent = '  '.repeat(depth);
  const names = [...new Set(keys.map(({ path }) => path[depth] ?? ''))];
  return names
    .map((name) => {
      const here = keys.filter(({ path }) => path[depth] === name);
      const leaf = here.find(({ path }) => path.length === depth + 1);
      return leaf ? entry(leaf, name, indent) : `${indent}${name}:\n${branch(here, depth + 1)}`;
    })
    .join('\n');
}

function entry(key: ConfigKey, name: string, indent: string): string {
  const allowed = key.allowed.startsWith('text') ? '' : ` (${key.allowed})`;
  const about = comment(`${key.description}${allowed}`, indent);
  if (key.fallback === undefined) return `${about}\n${indent}# ${name}:`;
  const value = stringify({ [name]: key.fallback }, { lineWidth: WIDTH, flowCollectionPadding: false }).trimEnd();
  return `${about}\n${value.replace(/^/gm, indent)}`;
}

function comment(text: string, indent: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line.length + word.length + 1 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line ? `${line} ${word}` : word;
  }
  return lines.map((line) => `${indent}# ${line}`).join('\n');
}

/** The reference page. */
export function referenceMarkdown(): string {
  return `${[INTRODUCTION, ...sections.map(({ path, description }) => chapter(path[0] ?? '', description))].join('\n\n')}\n`;
}

const INTRODUCTION = `# Configuration

Everything has a default: a server without any configuration works on its own machine. Values come from four places;
the later one wins:

1. the defaults below,
2. \`config.yaml\` in the folder where the server starts (or the file that \`PARLEY_CONFIG\` names); \`config.example.yaml\`
   has every key,
3. \`.env\` in the same folder,
4. the environment.

Every key has a variable: \`PARLEY_\`, the section, the key, in capitals (\`media.announcedAddress\` is
\`PARLEY_MEDIA_ANNOUNCED_ADDRESS\`). A few have a short one too, given beside it. Lists are written with commas. An empty
variable counts as absent.

A wrong value or an unknown key stops the start; the message lists all of them, with file and line. Secrets are never
printed.

This page is made from the schema by \`node server/src/config/print-docs.ts\`.`;

function chapter(name: string, description: string): string {
  const rows = configKeys.filter(({ path }) => path[0] === name).map(row);
  const head = '| key | default | allowed | what it does | variable |\n|---|---|---|---|---|';
  return `## ${name}\n\n${description}\n\n${head}\n${rows.join('\n')}`;
}

function row({ path, fallback, allowed, description, variables }: ConfigKey): string {
  const cells = [
    code(path.join('.')),
    fallback === undefined ? '' : code(JSON.stringify(fallback)),
    allowed,
    description,
    variables.map(code).join(', '),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

const code = (text: string): string => `\`${text}\``;
