// Where things lie: the checkout, the user's cache, programs on the PATH.
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What this checkout alone needs to remember between runs; ignored by git. */
export const checkoutState = join(root, '.parley');

/** What every checkout of this user shares: Node, the mediasoup worker, compiled helpers. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'parley');

/**
 * @param {string} file
 * @returns {boolean}
 */
export function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The first of these programs that is on the PATH.
 * @param {...string} names
 * @returns {string | undefined}
 */
export function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const name of names) {
    const folder = folders.find((f) => isProgram(join(f, name)));
    if (folder) return join(folder, name);
  }
  return undefined;
}
