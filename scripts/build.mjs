// npm run build: what others receive. The demo page, and @parley/signaling as a package to publish.
import { cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUpTools } from './set-up/index.mjs';
import { checkoutState, root } from './set-up/places.mjs';
import { SetUpError } from './set-up/say.mjs';
import { script } from './set-up/script.mjs';
import { filesUnder } from './set-up/stamp.mjs';
import { webDemo } from './set-up/web-demo.mjs';

const usage = `
npm run build

web-demo/dist     the demo page
signaling/dist    @parley/signaling, compiled: \`npm publish signaling/dist\`
`;

const signaling = join(root, 'signaling');

await script(usage, async () => {
  const { node, env } = await setUpTools();
  const draft = join(checkoutState, 'signaling');
  rmSync(draft, { recursive: true, force: true });
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  const code = await handOver(node, [tsc, '-p', 'scripts/signaling.tsconfig.json', '--outDir', draft], env);
  if (code !== 0) return code;
  for (const file of filesUnder(draft)) if (file.endsWith('.d.ts')) nameCompiledFiles(file);
  writeFileSync(join(draft, 'package.json'), `${JSON.stringify(publishable(), null, 2)}\n`);
  cpSync(join(root, 'LICENSE'), join(draft, 'LICENSE'));
  const readme = join(signaling, 'README.md');
  if (existsSync(readme)) cpSync(readme, join(draft, 'README.md'));

  const dist = join(signaling, 'dist');
  rmSync(dist, { recursive: true, force: true });
  renameSync(draft, dist);
  console.log('built: signaling/dist');

  if (!(await webDemo(node, env))) throw new SetUpError('The demo page could not be built.');
  console.log('built: web-demo/dist');
  return 0;
});

/** In the repository the package's door is its source; who installs it gets compiled files. */
function publishable() {
  const {
    private: _,
    devDependencies: __,
    exports: doors,
    ...rest
  } = JSON.parse(readFileSync(join(signaling, 'package.json'), 'utf8'));
  /** @param {string} source */
  const compiled = (source) => {
    const path = source.replace('./src/', './').replace(/\.ts$/, '');
    return { types: `${path}.d.ts`, default: `${path}.js` };
  };
  const exports = Object.fromEntries(Object.entries(doors).map(([door, source]) => [door, compiled(source)]));
  return { ...rest, exports };
}

/**
 * The compiler rewrites .ts to .js in code but not in declarations, where older compilers do not understand it.
 * @param {string} file
 */
function nameCompiledFiles(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from |import\()['"]\.[^'"]+)\.ts(?=['"])/g, '$1.js'));
}
