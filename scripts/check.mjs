// npm run check: the one command before a commit. Stops at the first kind of failure.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUpTools } from './set-up/index.mjs';
import { root } from './set-up/places.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm run check [-- <paths>]     format, lint (import zones, no cycles) and types; changes nothing
npm run format [-- <paths>]    fixes what format and lint can fix by themselves
`;

const packages = ['signaling', 'agent', 'server', 'web-demo', 'e2e', 'bench', 'scripts', 'examples/embed-react'];

/**
 * The packages that the paths touch and that have something to check yet: tsc takes an empty one for a mistake.
 * @param {string[]} paths
 */
function packagesFor(paths) {
  /** @param {string} name */
  const isTouched = (name) => paths.some((p) => `${p}/`.startsWith(`${name}/`) || `${name}/`.startsWith(`${p}/`));
  const touched = packages.filter((name) => paths.length === 0 || isTouched(name));
  return touched.filter((name) => {
    const folder = ['src', '.'].map((sub) => join(root, name, sub)).find((path) => existsSync(path));
    return folder !== undefined && readdirSync(folder).some((file) => /\.(ts|mjs)$/.test(file));
  });
}

await script(usage, async (args) => {
  const { node, env } = await setUpTools();
  /** @param {string[]} command */
  const passes = async (...command) => (await handOver(node, command, env)) === 0;
  const fix = args.includes('--fix');
  const paths = args.filter((arg) => !arg.startsWith('-'));

  const biome = [join('node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '--error-on-warnings'];
  if (!(await passes(...biome, ...(fix ? ['--write'] : []), ...paths))) return 1;
  if (fix) return 0;

  for (const name of packagesFor(paths)) {
    if (!(await passes(join('node_modules', 'typescript', 'bin', 'tsc'), '-p', name))) {
      console.error(`types: ${name} does not hold`);
      return 1;
    }
  }
  console.log('check: format, lint and types are in order');
  return 0;
});
