// npm run bench: set up, then one suite of bench/.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUp } from './set-up/index.mjs';
import { root } from './set-up/places.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm run bench -- <suite> [--json] [options of the suite]

Without a suite: lists them.
`;

/** Suites lie beside their helpers; a suite's first line says what it measures and how it is run. */
function suites() {
  const files = readdirSync(join(root, 'bench')).filter((name) => name.endsWith('.ts'));
  return files.flatMap((file) => {
    const [, text] = /^\/\/ (.*)\n/.exec(readFileSync(join(root, 'bench', file), 'utf8')) ?? [];
    return text?.includes(`bench/${file}`) ? [{ name: file.slice(0, -'.ts'.length), text }] : [];
  });
}

await script(usage, async ([name, ...args]) => {
  if (!name || !existsSync(join(root, 'bench', `${name}.ts`))) {
    if (name) console.error(`There is no suite "${name}".`);
    for (const suite of suites()) console.log(`${suite.name.padEnd(12)} ${suite.text}`);
    return name ? 1 : 0;
  }
  const { node, env } = await setUp();
  return handOver(node, [join('bench', `${name}.ts`), ...args], env);
});
