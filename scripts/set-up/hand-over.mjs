// Hands the terminal to a program and takes its exit code.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './places.mjs';

/**
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>} its exit code, 128 + n when a signal ended it
 */
export function handOver(program, args, env) {
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit' });
  // Ctrl-C in a terminal reaches the child by itself: forwarding it would look like a second, impatient one.
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.removeAllListeners(signal).on(signal, onSignal);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
