// node_modules, exactly as package-lock.json names them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { checkoutState, root } from './places.mjs';
import { run } from './run.mjs';
import { progress, SetUpError, say, seconds } from './say.mjs';
import { hashFiles, readStamp, writeStamp } from './stamp.mjs';

// Inside node_modules, so that it goes when they go.
/** @param {string} folder */
const stampOf = (folder) => join(folder, 'node_modules', '.parley-lock-hash');

/** @param {NodeJS.ProcessEnv} env */
export async function dependencies(env) {
  if (areInstalled(root)) return;
  await withLock(join(checkoutState, 'lock'), async () => {
    if (!areInstalled(root)) await install(env);
  });
}

/** @param {NodeJS.ProcessEnv} env */
async function install(env) {
  const since = Date.now();
  say('dependencies: node_modules is missing or older than package-lock.json; running npm ci');
  const waiting = progress('npm ci:');
  const clock = setInterval(() => waiting.at(seconds(since)), 1_000);
  const installed = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    env: { ...env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  clearInterval(clock);
  waiting.end();
  if (!installed.ok) {
    throw new SetUpError(
      `The dependencies could not be installed (npm ci):\n${installed.tail}\n` +
        'Is the npm registry in reach? A mirror or proxy is set with `npm config set registry ...` / `npm config set proxy ...`.',
    );
  }
  writeStamp(stampOf(root), hashFiles([join(root, 'package-lock.json')]));
  say(`  dependencies are installed (${seconds(since)})`);
}

/**
 * By our stamp; else by npm's own record, for whoever ran `npm install` by hand.
 * @param {string} folder
 */
export function areInstalled(folder) {
  const lock = join(folder, 'package-lock.json');
  const hash = hashFiles([lock], folder);
  if (readStamp(stampOf(folder)) === hash) return true;
  const record = packagesOf(join(folder, 'node_modules', '.package-lock.json'));
  const wanted = packagesOf(lock);
  if (!record || !wanted) return false;
  const all = Object.entries(wanted).every(([place, entry]) => {
    if (!place.includes('node_modules/')) return true; // the root and the workspaces themselves
    const found = record[place];
    if (!found) return entry.optional || entry.devOptional || entry.peer || false;
    return found.link === entry.link && found.version === entry.version && found.integrity === entry.integrity;
  });
  if (all) writeStamp(stampOf(folder), hash);
  return all;
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} Entry
 * @param {string} file
 * @returns {Record<string, Entry> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
