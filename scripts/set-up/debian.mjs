// Debian packages: named with their reason before anything is installed, all in one go, never without being root.
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { cache, onPath } from './places.mjs';
import { run } from './run.mjs';
import { progress, SetUpError, say, seconds } from './say.mjs';
import { hashText, readStamp, writeStamp } from './stamp.mjs';

/**
 * @typedef {object} Need
 * @property {string[]} packages
 * @property {string} reason what they are for: "to build the mediasoup worker"
 * @property {boolean} [required] nothing works without them
 * @property {string} [without] what is missing without them, when they are not required
 */

/**
 * How one sees that a package's content is there, whoever brought it: a program, a library, a file, or one in any folder of a folder.
 * @type {Record<string, { program: string } | { library: string } | { file: string } | { in: string, file: string }>}
 */
const signs = {
  chromium: { program: 'chromium' },
  cmake: { program: 'cmake' },
  'espeak-ng': { program: 'espeak-ng' },
  'flatbuffers-compiler': { program: 'flatc' },
  'g++': { program: 'c++' },
  gcc: { program: 'cc' },
  'libabsl-dev': { library: 'absl_strings' },
  'libc6-dev': { file: '/usr/include/stdio.h' },
  'libflatbuffers-dev': { library: 'flatbuffers' },
  'libpocketsphinx-dev': { library: 'pocketsphinx' },
  'libsrtp2-dev': { library: 'libsrtp2' },
  'libssl-dev': { library: 'openssl' },
  'libuv1-dev': { library: 'libuv' },
  'ninja-build': { program: 'ninja' },
  'pkg-config': { program: 'pkg-config' },
  'pocketsphinx-en-us': { file: '/usr/share/pocketsphinx/model/en-us' },
  postgresql: { in: '/usr/lib/postgresql', file: 'bin/initdb' },
};

/**
 * Which of these packages are not there.
 * @param {string[]} packages
 */
export async function missingOf(packages) {
  const missing = [];
  for (const name of packages) if (!(await isThere(name))) missing.push(name);
  return missing;
}

/** @param {string} name */
async function isThere(name) {
  const sign = signs[name];
  if (!sign) throw new Error(`no sign is known by which to see the package ${name}`);
  if ('program' in sign) return onPath(sign.program) !== undefined;
  if ('in' in sign) return foldersOf(sign.in).some((folder) => existsSync(join(sign.in, folder, sign.file)));
  if ('file' in sign) return existsSync(sign.file);
  return (await run('pkg-config', ['--exists', sign.library])).ok;
}

/** @param {string} path */
const foldersOf = (path) => (existsSync(path) ? readdirSync(path) : []);

/**
 * Installs what is missing, or says plainly what to do. Throws when something required stays missing; what is
 * optional and could not be had lately is not tried at every start.
 * @param {Need[]} needs
 * @param {{ insist?: boolean }} [options] insist: try again what failed lately
 */
export async function installPackages(needs, { insist = false } = {}) {
  /** @type {Need[]} */
  const open = [];
  for (const need of needs) {
    const packages = await missingOf(need.packages);
    if (packages.length === 0) continue;
    if (!insist && !need.required && failedLately(need)) {
      say(`${packages.join(' ')}: could not be installed lately (\`npm run setup\` tries again); ${need.without}`);
    } else open.push({ ...need, packages });
  }
  if (open.length === 0) return;
  for (const need of open) say(`Debian packages, ${need.reason}: ${need.packages.join(' ')}`);

  const obstacle = obstacleToInstalling();
  if (!obstacle) return await withLock(join(tmpdir(), 'parley-apt.lock'), () => aptInstall(open));
  const all = [...new Set(open.flatMap((need) => need.packages))].join(' ');
  giveUp(open, `${obstacle}\n    ${isDebian() ? `sudo apt-get install ${all}` : all}`);
}

const isDebian = () => onPath('apt-get') !== undefined;

const failureIsRecentMs = 24 * 3_600_000;
/** @param {Need} need */
const failureStamp = (need) => join(cache, 'packages-failed', hashText(need.reason));
/** @param {Need} need */
const failedLately = (need) => Date.now() - Number(readStamp(failureStamp(need)) ?? 0) < failureIsRecentMs;

function obstacleToInstalling() {
  if (!isDebian()) return "This is not Debian or Ubuntu: install what these packages hold, by your system's own way:";
  if (process.env.PARLEY_NO_APT === '1') return 'PARLEY_NO_APT=1 forbids installing them here; it would be:';
  if (process.getuid?.() !== 0) return 'Installing them takes root; please run:';
  return undefined;
}

/**
 * @param {Need[]} open
 * @param {string} advice
 */
function giveUp(open, advice) {
  const required = open.filter((need) => need.required);
  for (const need of open) if (!need.required) say(`  without them: ${need.without}`);
  if (required.length > 0)
    throw new SetUpError(`Something needed is missing (${required.map((n) => n.reason).join('; ')}).\n${advice}`);
  for (const line of advice.split('\n')) say(`  ${line}`);
}

/** No questions, and answers that can be read. */
const quiet = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };

/** @param {Need[]} open */
async function aptInstall(open) {
  const since = Date.now();
  await run('dpkg', ['--configure', '-a'], { env: quiet }); // what an interrupted installation left half-way
  const updated = await apt('update');
  // Known to this distribution, so that one unknown package does not spoil the rest.
  const known = await available(open.flatMap((need) => need.packages));
  const possible = open.filter((need) => need.packages.every((name) => known.has(name)));
  const failed = open.filter((need) => !possible.includes(need));
  const together = await aptInstallNow(possible);
  if (!together.ok) {
    for (const need of possible) if (!(await aptInstallNow([need])).ok) failed.push(need);
  }
  for (const need of failed) if (!need.required) writeStamp(failureStamp(need), String(Date.now()));
  if (failed.length === 0) return say(`  packages are installed (${seconds(since)})`);
  const names = failed.flatMap((need) => need.packages).join(' ');
  const complaints = [updated, together].map(({ ok, tail }) => (ok ? '' : tail)).join('\n');
  giveUp(failed, `apt-get could not install: ${names}\n${lastLines(complaints)}`);
}

/** @param {Need[]} needs */
const aptInstallNow = (needs) => apt('install', '--no-install-recommends', ...needs.flatMap((need) => need.packages));

/** @param {string} text */
const lastLines = (text) => text.trim().split('\n').slice(-6).join('\n');

/** @param {string[]} packages */
async function available(packages) {
  const known = new Set();
  let current = '';
  await run('apt-cache', ['policy', ...packages], {
    env: quiet,
    onLine: (line) => {
      if (/^\S+:$/.test(line)) current = line.slice(0, -1);
      if (/^ {2}Candidate: (?!\(none\))/.test(line)) known.add(current);
    },
  });
  return known;
}

/**
 * @param {string} command
 * @param {...string} args
 */
async function apt(command, ...args) {
  const bar = progress(`apt-get ${command}:`);
  const options = [
    'DPkg::Lock::Timeout=300',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
  ];
  const outcome = await run('apt-get', [command, '-q', '-y', ...options.flatMap((o) => ['-o', o]), ...args], {
    env: quiet,
    onLine: (line) => {
      const doing = /^(Get:\d+|Unpacking \S+|Setting up \S+)/.exec(line)?.[1];
      if (doing) bar.at(doing);
    },
  });
  bar.end();
  return outcome;
}
