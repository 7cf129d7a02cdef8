// Child processes of the set-up: no stdin, output kept for the case of failure, and never left behind.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { childEnded, childStarted, mark, markName } from './lock.mjs';
import { root } from './places.mjs';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
const keptLines = 400;
const shownLines = 25;

/**
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {number | null} code
 * @property {string[]} lines what it printed, the last of it where that is much
 * @property {string} tail its end, to be shown
 */

/**
 * Runs a program to its end. Does not throw when it fails: the caller knows what a failure means.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, signal?: AbortSignal, onLine?: (line: string) => void }} [options]
 * @returns {Promise<Outcome>}
 */
export async function run(program, args, { cwd = root, env = process.env, timeoutMs, signal, onLine } = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { ...env, [markName]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  if (child.pid) childStarted(child.pid);
  /** @type {string[]} */
  const lines = [];
  /** @param {string} line */
  const keep = (line) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', keep);
  const timer = timeoutMs ? setTimeout(() => killGroup(child), timeoutMs) : undefined;
  const onAbort = () => killGroup(child);
  signal?.addEventListener('abort', onAbort);
  try {
    const code = await new Promise((resolve) => {
      child.once('error', (error) => {
        keep(error.message);
        resolve(null);
      });
      child.once('close', resolve);
    });
    return { ok: code === 0, code, lines, tail: lines.slice(-shownLines).join('\n') };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    running.delete(child);
    if (child.pid) childEnded(child.pid);
  }
}

/**
 * Children lead a group of their own, so that what they started themselves ends with them.
 * @param {import('node:child_process').ChildProcess} child
 */
function killGroup(child) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    child.kill('SIGTERM');
  }
}

/** Ends whatever still runs: for a set-up that is being interrupted. */
export function killRunning() {
  for (const child of running) killGroup(child);
}
