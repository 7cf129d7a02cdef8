// The mediasoup worker, the program that carries the media: the official binary, else one built from source here.
import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { cache, root } from './places.mjs';
import { run } from './run.mjs';
import { progress, SetUpError, say, seconds } from './say.mjs';
import { filesUnder, hashFiles, hashText } from './stamp.mjs';

const mediasoup = join(root, 'node_modules', 'mediasoup');
const recipe = join(root, 'scripts', 'worker-build');
const lock = join(cache, 'lock');

/** @type {import('./debian.mjs').Need} */
export const workerNeed = {
  packages: [
    ...['libsrtp2-dev', 'libuv1-dev', 'libssl-dev', 'libabsl-dev', 'libflatbuffers-dev', 'flatbuffers-compiler'],
    ...['ninja-build', 'cmake', 'pkg-config', 'g++'],
  ],
  reason: 'to build the mediasoup worker from its source',
  required: true,
};

const version = () => JSON.parse(readFileSync(join(mediasoup, 'package.json'), 'utf8')).version;

/** One folder for each source: another mediasoup, another recipe or another machine has its own. */
function home() {
  const parts = ['src', 'include', 'fbs', 'deps', 'meson.build'].map((name) => join(mediasoup, 'worker', name));
  const shims = ['CMakeLists.txt', 'shim'].map((name) => join(recipe, name));
  const hash = hashFiles([...parts, ...shims].flatMap((part) => filesUnder(part)));
  return join(cache, 'mediasoup-worker', `${version()}-${hash}-${process.platform}-${process.arch}`);
}

const binaryIn = (/** @type {string} */ folder) => join(folder, 'mediasoup-worker');

/**
 * The worker that is there already: the user's own, or ours.
 * @returns {Promise<string | undefined>}
 */
export async function readyWorker() {
  const own = process.env.MEDIASOUP_WORKER_BIN;
  if (own) {
    if (await starts(own)) return own;
    throw new SetUpError(`MEDIASOUP_WORKER_BIN names ${own}, which does not start as mediasoup worker ${version()}.`);
  }
  const program = binaryIn(home());
  return existsSync(program) && (await starts(program)) ? program : undefined;
}

/**
 * The official binary, by mediasoup's own download.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | undefined>}
 */
export async function downloadedWorker(node, env) {
  if (env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD) return undefined;
  return await withLock(lock, async () => (await readyWorker()) ?? (await download(node, env)));
}

const stallMs = 20_000;

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 */
async function download(node, env) {
  const since = Date.now();
  say(`mediasoup worker ${version()}: downloading the official binary`);
  const target = join(mediasoup, 'worker', 'out', 'Release', 'mediasoup-worker');
  const patience = new AbortController();
  let size = 0;
  let grown = Date.now();
  const watch = setInterval(() => {
    const now = statSync(target, { throwIfNoEntry: false })?.size ?? 0;
    if (now !== size) [size, grown] = [now, Date.now()];
    if (Date.now() - grown > stallMs) patience.abort();
  }, 500);
  // Where the download fails this script goes on to a build of its own, which fetches from GitHub too: with `false`
  // for a Python it stops there at once.
  const fetched = await run(node, ['npm-scripts.mjs', 'postinstall'], {
    cwd: mediasoup,
    env: { ...env, PYTHON: 'false' },
    signal: patience.signal,
  });
  clearInterval(watch);
  const folder = fetched.ok && (await starts(target)) ? keep(target) : undefined;
  for (const left of ['out', 'prebuild']) rmSync(join(mediasoup, 'worker', left), { recursive: true, force: true });
  const why = patience.signal.aborted ? `no byte came for ${stallMs / 1000} s` : reasonIn(fetched.lines);
  say(folder ? `  downloaded (${seconds(since)})` : `  not to be had: ${why} (${seconds(since)})`);
  return folder && binaryIn(folder);
}

/** @param {string[]} lines what mediasoup's script printed */
function reasonIn(lines) {
  const text = lines.join('\n');
  if (text.includes('no available mediasoup-worker prebuilt binary')) return 'there is none for this machine';
  return /failed to download .*(?:reason: |binary: )(.+)/.exec(text)?.[1] ?? 'it does not run on this machine';
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string>}
 */
export async function builtWorker(env) {
  return await withLock(lock, async () => (await readyWorker()) ?? (await build(env)));
}

/** @param {NodeJS.ProcessEnv} env */
async function build(env) {
  const since = Date.now();
  say(`mediasoup worker ${version()}: building it from the npm package's source (some minutes, once)`);
  // Kept when interrupted: the next set-up goes on from there. The folder's name holds the checkout, because CMake
  // remembers where its sources were.
  const folder = `${home()}.build-${hashText(root)}`;
  mkdirSync(folder, { recursive: true });
  const source = join(mediasoup, 'worker');
  const places = ['-S', recipe, '-B', folder, '-D', `WORKER_SOURCE=${source}`];
  const configured = await run('cmake', ['-G', 'Ninja', ...places], { env });
  if (!configured.ok) fail(configured.tail, folder);
  const bar = progress('compiling');
  const compiled = await run('ninja', ['-C', folder, '-j', String(jobs())], {
    env: { ...env, NINJA_STATUS: '[%f/%t] ' },
    onLine: (line) => {
      const count = /^\[(\d+\/\d+)\]/.exec(line)?.[1];
      if (count) bar.at(`${count} (${seconds(since)})`);
    },
  });
  bar.end();
  if (!compiled.ok) fail(compiled.tail, folder);
  if (!(await starts(binaryIn(folder)))) fail('It was built but does not start.', folder);
  const program = binaryIn(keep(binaryIn(folder)));
  rmSync(folder, { recursive: true, force: true });
  say(`  built (${seconds(since)})`);
  return program;
}

/**
 * @param {string} tail
 * @param {string} folder
 * @returns {never}
 */
function fail(tail, folder) {
  rmSync(folder, { recursive: true, force: true }); // a broken state must not be resumed
  throw new SetUpError(
    `The mediasoup worker could not be built:\n${tail}\n` +
      'A binary from elsewhere can be named by MEDIASOUP_WORKER_BIN; see docs/setup.md.',
  );
}

/** The largest files take about a gigabyte each to compile. */
const jobs = () => Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / 2 ** 30)));

/**
 * Puts a binary into its place in the cache, whole or not at all.
 * @param {string} program
 */
function keep(program) {
  const folder = home();
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  copyFileSync(program, binaryIn(draft));
  chmodSync(binaryIn(draft), 0o755);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  renameSync(draft, folder);
  return folder;
}

/**
 * Starts a worker and waits for its first message, as mediasoup does.
 * @param {string} program
 * @returns {Promise<boolean>}
 */
export function starts(program) {
  return new Promise((resolve) => {
    const env = { MEDIASOUP_VERSION: version() };
    const child = spawn(program, ['--logLevel=none'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env });
    const timer = setTimeout(() => done(false), 5_000);
    const done = (/** @type {boolean} */ works) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(works);
    };
    child.once('error', () => done(false));
    child.once('exit', () => done(false));
    child.stdio[4]?.once('data', () => done(true));
  });
}
