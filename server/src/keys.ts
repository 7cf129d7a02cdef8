// The program behind `npm run keys`: API keys of the server in this folder.
import { parseArgs } from 'node:util';
import { ApiKeys } from './access/index.ts';
import { dataFolder, loadConfig } from './config/index.ts';

const LONGEST_NAME = 64;

const USAGE = `npm run keys -- create <name>    makes a key for the HTTP API and shows it this once
npm run keys -- list             which there are
npm run keys -- revoke <id>      takes one away; a running server knows at once`;

/** What is said, and the exit code. */
export function runKeys(args: readonly string[], keys: ApiKeys): { text: string; code: number } {
  const [command, word, ...more] = parseArgs({ args: [...args], allowPositionals: true }).positionals;
  if (command === 'list' && word === undefined) return { text: listed(keys), code: 0 };
  if (command === 'create' && word && word.length <= LONGEST_NAME && more.length === 0) {
    const { key, kept } = keys.create(word);
    return { text: `${key}\n\nKeep it: only its hash stays here. Its id is ${kept.id}.`, code: 0 };
  }
  if (command === 'revoke' && word && more.length === 0) {
    if (keys.revoke(word)) return { text: `The key ${word} opens nothing any more.`, code: 0 };
    return { text: `There is no key ${word}; \`npm run keys -- list\` shows which there are.`, code: 1 };
  }
  return { text: USAGE, code: 1 };
}

function listed(keys: ApiKeys): string {
  const rows = keys.list.map(({ id, name, createdAt }) => `${id}  ${createdAt.slice(0, 10)}  ${name}`);
  return rows.length > 0 ? rows.join('\n') : 'There are no keys. `npm run keys -- create <name>` makes one.';
}

if (import.meta.main) {
  try {
    const { server } = loadConfig({ directory: process.cwd(), env: process.env });
    const { text, code } = runKeys(process.argv.slice(2), new ApiKeys(dataFolder(server.dataDir)));
    (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
    process.exitCode = code;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
