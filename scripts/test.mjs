// npm test: set up, then Jest. The browser tests are timing-sensitive, so they run alone, after the others.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUp } from './set-up/index.mjs';
import { addUp, nothing, readResults, tell } from './set-up/jest-results.mjs';
import { root } from './set-up/places.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm test [-- <arguments for Jest>]

  npm test                        everything
  npm test -- agent/src/turns     the files whose path matches
  npm test -- -t 'ducks'          the tests whose name matches

Ends with one line: tests: N passed, N failed, N skipped
`;

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join('node_modules', 'jest', 'bin', 'jest.js'),
  '--passWithNoTests',
];
const { testPathIgnorePatterns } = createRequire(import.meta.url)('../jest.config.cjs');

// Tests of timing stay true only while a core is left for them; more than four workers gain little here.
const workers = Math.max(1, Math.min(4, availableParallelism()));
const apart = [
  [`--maxWorkers=${workers}`, '--testPathIgnorePatterns', ...testPathIgnorePatterns, '/e2e/'],
  ['--runInBand', '--roots', join(root, 'e2e')],
];

await script(usage, async (args) => {
  const { node, env } = await setUp({ browser: true });
  if (args.includes('--watch') || args.includes('--watchAll')) return handOver(node, [...jest, ...args], env);

  const folder = mkdtempSync(join(tmpdir(), 'parley-tests-'));
  let total = nothing;
  let worst = 0;
  for (const [index, selection] of apart.entries()) {
    const file = join(folder, `${index}.json`);
    const code = await handOver(node, [...jest, ...args, ...selection, '--json', `--outputFile=${file}`], env);
    total = addUp(total, readResults(file, code));
    worst = Math.max(worst, code);
  }
  rmSync(folder, { recursive: true, force: true });
  return tell(total) ? worst : worst || 1;
});
