// @parley/signaling as others receive it: compiled, with its declarations.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './places.mjs';
import { filesUnder } from './stamp.mjs';

const signaling = join(root, 'signaling');

/** What the compiler is run with. @param {string} folder */
export const compileArguments = (folder) => {
  rmSync(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return [tsc, '-p', join(root, 'scripts', 'signaling.tsconfig.json'), '--outDir', folder];
};

/** Makes a package of what the compiler has written to `folder`. @param {string} folder */
export function finishPackage(folder) {
  for (const file of filesUnder(folder)) if (file.endsWith('.d.ts')) nameCompiledFiles(file);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishable(), null, 2)}\n`);
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const readme = join(signaling, 'README.md');
  if (existsSync(readme)) cpSync(readme, join(folder, 'README.md'));
}

/** In the repository the package's doors are its sources; who installs it gets compiled files. */
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
