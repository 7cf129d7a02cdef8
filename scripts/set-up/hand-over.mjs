// Hands the terminal to a program and takes its exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './places.mjs';

/** One Ctrl-C arrives from the terminal and once more from npm: together they are one request. */
const oneRequestMs = 500;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {{ service?: boolean, signal?: AbortSignal }} [options] service: it reads no input, and gets each request to
 *   end exactly once; signal: it is stopped for good
 * @returns {Promise<number>} its exit code, 128 + n when a signal ended it
 */
export function handOver(program, args, env, { service = false, signal: stop } = {}) {
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit', detached: service });
  let requested = 0;
  /** @param {NodeJS.Signals} signal */
  const onSignal = (signal) => {
    const reachesAllByItself = !service && signal === 'SIGINT' && process.stdin.isTTY;
    if (reachesAllByItself || Date.now() - requested < oneRequestMs) return;
    requested = Date.now();
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal).on(signal, onSignal);
  stop?.addEventListener('abort', () => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
