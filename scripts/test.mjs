// npm test: set up, then Jest. The browser tests are timing-sensitive, so they run alone, after the others.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
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
  '--testTimeout=30000', // for tests that name none: a busy machine is slow, and a hang is found out all the same
];
const { testPathIgnorePatterns } = createRequire(import.meta.url)('../jest.config.cjs');

// Tests of timing stay true only while a core is left for them; more than four workers gain little here.
const workers = Math.max(1, Math.min(4, availableParallelism()));
const apart = [
  [`--maxWorkers=${workers}`, '--testPathIgnorePatterns', ...testPathIgnorePatterns, '/e2e/'],
  ['--runInBand', '--roots', join(root, 'e2e')],
];

/** A test may leave something open that keeps Jest from ending: its results stand, and nobody waits for ever. */
const lingerMs = 30_000;

/**
 * @param {string} file
 * @param {number} ms
 */
function isOlderThan(file, ms) {
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > ms;
}

await script(usage, async (args) => {
  const { node, env } = await setUp({ browser: true });
  if (args.includes('--watch') || args.includes('--watchAll')) return handOver(node, [...jest, ...args], env);

  const folder = mkdtempSync(join(tmpdir(), 'parley-tests-'));
  let total = nothing;
  let worst = 0;
  for (const [index, selection] of apart.entries()) {
    const file = join(folder, `${index}.json`);
    const patience = new AbortController();
    const watch = setInterval(() => isOlderThan(file, lingerMs) && patience.abort(), 1_000);
    const code = await handOver(node, [...jest, ...args, ...selection, '--json', `--outputFile=${file}`], env, {
      signal: patience.signal,
    });
    clearInterval(watch);
    const results = readResults(file, code);
    total = addUp(total, results);
    if (patience.signal.aborted) console.error('Jest had its results but did not end; it was stopped.');
    worst = Math.max(worst, patience.signal.aborted ? results.failed && 1 : code);
  }
  rmSync(folder, { recursive: true, force: true });
  const named = args.some((arg) => arg === '-t' || arg.startsWith('--testNamePattern'));
  return tell(total, { listSkipped: !named }) ? worst : worst || 1;
});
