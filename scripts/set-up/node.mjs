// The TypeScript of this project runs as it is, which takes a Node that strips types by itself.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { cache, isProgram } from './places.mjs';
import { run } from './run.mjs';
import { SetUpError, say, seconds } from './say.mjs';
import { readStamp, writeStamp } from './stamp.mjs';

export const neededNode = '22.18';
const newMajor = '24';

/** @param {string} version */
export function isRecent(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = neededNode.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

/**
 * The Node to run everything with: this one when it is recent enough, else one from the npm package `node`.
 * @returns {Promise<string>} path of the program
 */
export async function currentNode() {
  if (isRecent(process.version)) return process.execPath;
  const folder = join(cache, `node-${newMajor}-${process.platform}-${process.arch}`);
  const program = join(folder, 'node_modules', 'node', 'bin', 'node');
  const stamp = join(folder, 'complete');
  const isReady = () => readStamp(stamp) !== undefined && isProgram(program);
  if (isReady()) return program;
  await withLock(join(cache, 'lock'), async () => {
    if (!isReady()) await install(folder, program, stamp);
  });
  return program;
}

/**
 * @param {string} folder
 * @param {string} program
 * @param {string} stamp
 */
async function install(folder, program, stamp) {
  const since = Date.now();
  say(`Node ${newMajor}: ${process.version} is older than ${neededNode}; installing a newer one beside it`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // This package's install script is what places the program: it must run although .npmrc forbids scripts.
  const args = ['install', '--prefix', folder, '--ignore-scripts=false', '--no-save', '--no-audit', '--no-fund'];
  const installed = await run('npm', [...args, `node@${newMajor}`], { cwd: folder });
  const works = installed.ok ? await run(program, ['--version']) : undefined;
  if (!works?.ok) {
    throw new SetUpError(
      `Node ${newMajor} could not be installed with npm:\n${installed.tail}\n` +
        `Install Node ${neededNode} or newer yourself (https://nodejs.org) and run the command again.`,
    );
  }
  writeStamp(stamp, works.tail);
  say(`  ${works.tail} in ${folder} (${seconds(since)})`);
}

/**
 * An environment in which `node` is that program, also for the shebangs of npm and of the tools.
 * @param {string} node
 * @returns {NodeJS.ProcessEnv}
 */
export function withNodeFirst(node, env = process.env) {
  return node === process.execPath ? { ...env } : { ...env, PATH: `${dirname(node)}:${env.PATH ?? ''}` };
}
