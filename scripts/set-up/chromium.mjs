// A browser for the tests that make real calls.
import { onPath } from './places.mjs';
import { run } from './run.mjs';

/** @typedef {import('./debian.mjs').Need} Need */

/** @returns {Promise<string | undefined>} path of a browser that starts */
export async function findChromium() {
  const named = process.env.PARLEY_CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  for (const program of named ? [named] : names.map((name) => onPath(name))) {
    // Ubuntu's chromium-browser may be a stub that only asks for a snap: a real one says its version.
    if (program && /Chrom/.test((await run(program, ['--version'], { timeoutMs: 20_000 })).tail)) return program;
  }
  return undefined;
}

/** @type {Need} */
export const chromiumNeed = {
  packages: ['chromium'],
  reason: 'for the tests that call from a real browser',
  without: 'the browser tests will be skipped',
};
