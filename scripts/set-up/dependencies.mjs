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
  let installed = await npm(env, 'ci');
  if (installed.lines.some((line) => /Missing: .* from lock file/.test(line))) {
    // The lock file was written where a registry lacked some other platform's binaries. npm ci takes that for a
    // contradiction; npm install keeps to the locked versions and leaves the file as it is.
    say('  npm ci finds the lock file incomplete; installing the locked versions with npm install');
    installed = await npm(env, 'install', '--no-save');
  }
  if (!installed.ok) {
    const complaint = installed.lines.filter((line) => line.startsWith('npm error')).slice(0, 12);
    throw new SetUpError(
      `The dependencies could not be installed:\n${complaint.join('\n') || installed.tail}\n` +
        'Is the npm registry in reach? A mirror or a proxy is set by `npm config set registry ...` or `... proxy ...`.',
    );
  }
  writeStamp(stampOf(root), hashFiles([join(root, 'package-lock.json')]));
  say(`  dependencies are installed (${seconds(since)})`);
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {string} command
 * @param {...string} args
 */
async function npm(env, command, ...args) {
  const since = Date.now();
  const waiting = progress(`npm ${command}:`);
  const clock = setInterval(() => waiting.at(seconds(since)), 1_000);
  // The tools are among the dev dependencies, which NODE_ENV=production would leave out.
  const options = ['--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const outcome = await run('npm', [command, ...args, ...options], { env });
  clearInterval(clock);
  waiting.end();
  return outcome;
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
