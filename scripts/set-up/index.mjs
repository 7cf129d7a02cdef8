// Set-up: what a command needs, mended in order, and the environment to run with.
import { dependencies } from './dependencies.mjs';
import { releaseAll } from './lock.mjs';
import { currentNode, withNodeFirst } from './node.mjs';
import { killRunning } from './run.mjs';
import { SetUpError } from './say.mjs';

/**
 * @typedef {object} Ready
 * @property {string} node the Node to run with
 * @property {NodeJS.ProcessEnv} env
 */

/**
 * @returns {Promise<Ready>}
 */
export async function setUp() {
  const node = await currentNode();
  const env = withNodeFirst(node);
  await dependencies(env);
  return { node, env };
}

/**
 * Runs a script's main function: usage on --help, one plain line for an explained failure, nothing left behind
 * when it is interrupted.
 * @param {string} usage
 * @param {(args: string[]) => Promise<number>} main answers the exit code
 */
export async function script(usage, main) {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage.trim());
    return;
  }
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])) {
    process.on(signal, () => {
      killRunning();
      releaseAll();
      process.exit(128 + number);
    });
  }
  try {
    process.exitCode = await main(args);
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
