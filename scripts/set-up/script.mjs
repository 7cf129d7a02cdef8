// What every command of this folder has in common.
import { releaseAll } from './lock.mjs';
import { cache } from './places.mjs';
import { killRunning } from './run.mjs';
import { SetUpError } from './say.mjs';

/** @type {[NodeJS.Signals, number][]} */
const interruptions = [
  ['SIGHUP', 1],
  ['SIGINT', 2],
  ['SIGTERM', 15],
];

/**
 * Runs a command: usage on --help, one plain text for an explained failure, nothing left behind when interrupted.
 * @param {string} usage
 * @param {(args: string[]) => Promise<number>} main answers the exit code
 */
export async function script(usage, main) {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    console.log(usage.trim());
    return;
  }
  for (const [signal, number] of interruptions) {
    process.on(signal, () => {
      killRunning();
      releaseAll();
      process.exit(128 + number);
    });
  }
  try {
    process.exitCode = await main(args);
  } catch (error) {
    const text = explanation(error);
    if (!text) throw error;
    console.error(`\n${text}`);
    process.exitCode = 1;
  }
}

/** @param {unknown} error */
function explanation(error) {
  if (error instanceof SetUpError) return error.message;
  if (!(error instanceof Error && 'code' in error)) return undefined;
  const isOfThisMachine = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(String(error.code));
  return (
    isOfThisMachine && `${error.message}\nSet-up writes into this checkout and into ${cache} (XDG_CACHE_HOME moves it).`
  );
}
