// The lite engines: speech by eSpeak NG, recognition by PocketSphinx. Both optional; without them others serve.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { cache, isProgram, root } from './places.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { hashFiles } from './stamp.mjs';

/** @typedef {import('./debian.mjs').Need} Need */

const source = join(root, 'agent', 'native', 'ps_worker.c');

/** @type {Need} */
export const speechNeed = {
  packages: ['espeak-ng'],
  reason: 'for speech without a key or a download',
  without: 'the agent cannot speak unless another text-to-speech engine is set up',
};

/** @returns {Promise<Need[]>} */
export async function recognitionNeeds() {
  if (process.env.PARLEY_PS_WORKER || !existsSync(source)) return [];
  const toCompile = (await loads(builtWorker())) ? [] : ['gcc', 'libc6-dev', 'pkg-config', 'libpocketsphinx-dev'];
  return [
    {
      packages: [...toCompile, 'pocketsphinx-en-us'],
      reason: 'for English recognition without a key or a download',
      without: 'the agent cannot recognise speech unless another engine is set up',
    },
  ];
}

/**
 * The recogniser's helper program, compiled when it is not there yet.
 * @returns {Promise<string | undefined>}
 */
export async function psWorker() {
  if (process.env.PARLEY_PS_WORKER) return process.env.PARLEY_PS_WORKER;
  if (!existsSync(source)) return undefined;
  const program = builtWorker();
  if (await loads(program)) return program;
  return await withLock(join(cache, 'lock'), async () => {
    const works = (await loads(program)) || (await compile(program));
    return works ? program : undefined;
  });
}

const builtWorker = () => join(cache, 'ps-worker', `${hashFiles([source])}-${process.arch}`, 'ps_worker');

/**
 * There, and with its libraries; without arguments it says what it misses and ends.
 * @param {string} program
 */
async function loads(program) {
  if (!isProgram(program)) return false;
  const loaderFailed = 127;
  const { code } = await run(program, [], { timeoutMs: 5_000 });
  return code !== null && code !== loaderFailed;
}

/** @param {string} program */
async function compile(program) {
  const flags = await run('pkg-config', ['--cflags', '--libs', 'pocketsphinx']);
  if (!flags.ok) return false; // its packages are missing, which has been said
  say('lite recogniser: compiling agent/native/ps_worker.c');
  mkdirSync(dirname(program), { recursive: true });
  const draft = `${program}.${process.pid}`;
  const compiled = await run('cc', ['-O2', '-Wall', '-o', draft, source, ...flags.tail.split(/\s+/).filter(Boolean)]);
  if (!compiled.ok) {
    rmSync(draft, { force: true });
    say(`  it does not compile, so the lite recogniser will be missing:\n${compiled.tail}`);
    return false;
  }
  renameSync(draft, program);
  return true;
}
