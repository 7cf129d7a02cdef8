// docs/sdk: what @parley/signaling exports, from its docstrings.
import { join } from 'node:path';
import { root } from './places.mjs';

// TypeDoc reads by TypeScript 6, so it has a package of its own with that one.
const home = join(root, 'scripts', 'reference');

/** What TypeDoc is run with. @param {string} folder */
export const referenceArguments = (folder) => [
  join(home, 'node_modules', 'typedoc', 'bin', 'typedoc'),
  ...['--options', join(home, 'typedoc.json'), '--out', folder],
];
