// What Jest's own results file says, in one line.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { root } from './places.mjs';

/**
 * @typedef {object} Results
 * @property {number} passed
 * @property {number} failed tests, and files that could not run at all
 * @property {string[]} skipped their names
 */

/** @type {Results} */
export const nothing = { passed: 0, failed: 0, skipped: [] };

/**
 * @param {string} file
 * @param {number} code the exit code of the run: without a results file it is all we know
 * @returns {Results}
 */
export function readResults(file, code) {
  let run;
  try {
    run = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: code === 0 ? 0 : 1, skipped: [] };
  }
  const skipped = [];
  for (const { name, assertionResults } of run.testResults) {
    for (const test of assertionResults) {
      if (['pending', 'skipped', 'todo', 'disabled'].includes(test.status))
        skipped.push(`${relative(root, name)}: ${test.fullName}`);
    }
  }
  return { passed: run.numPassedTests, failed: run.numFailedTests + run.numRuntimeErrorTestSuites, skipped };
}

/**
 * @param {Results} one
 * @param {Results} other
 * @returns {Results}
 */
export const addUp = (one, other) => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  skipped: [...one.skipped, ...other.skipped],
});

/**
 * Prints the summary; the last line is for machines too.
 * @param {Results} results
 * @param {{ listSkipped: boolean }} options by name, unless the user asked for a few tests by name
 * @returns {boolean} whether this is a success
 */
export function tell({ passed, failed, skipped }, { listSkipped }) {
  if (listSkipped) for (const name of skipped) console.log(`skipped: ${name}`);
  if (passed + failed === 0) console.log('No test ran at all.');
  console.log(`tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`);
  return failed === 0 && passed > 0;
}
