// One set-up at a time changes a folder. A lock whose owner died, or stopped showing life, is taken over.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './say.mjs';

const heartbeatMs = 2_000;
/** Longer than any pause of a healthy owner; a pid alone cannot be trusted between containers. */
const silenceMs = 30_000;
const pollMs = 200;

/** Set in the environment of every child, so that an orphan of a killed set-up can be told from a stranger. */
export const markName = 'PARLEY_SET_UP';
export const mark = randomUUID();

/** @type {Set<string>} */
const held = new Set();
/** @type {Set<number>} */
const children = new Set();

/**
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  if (held.has(file)) return work();
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!claim(file)) {
    const owner = read(file);
    if (isStale(file, owner)) evict(file, owner);
    else {
      if (!told) say(`another set-up is at work (${file}): waiting for it`);
      told = true;
      await sleep(pollMs);
    }
  }
  held.add(file);
  const heart = setInterval(() => touch(file), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    release(file);
  }
}

/** Gives back every lock at once: for a set-up that is being interrupted. */
export function releaseAll() {
  for (const file of [...held]) release(file);
}

/**
 * Child processes are named in the lock, so that whoever takes it over can end those that outlived their parent.
 * @param {number} pid
 */
export function childStarted(pid) {
  children.add(pid);
  for (const file of held) writeFileSync(file, record());
}

/** @param {number} pid */
export function childEnded(pid) {
  children.delete(pid);
}

const record = () => JSON.stringify({ pid: process.pid, host: hostname(), mark, children: [...children] });

/** @param {string} file */
function claim(file) {
  try {
    writeFileSync(file, record(), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {{ pid?: number, host?: string, mark?: string, children?: number[] }}
 */
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {}; // gone, or still being written
  }
}

/**
 * @param {string} file
 * @param {ReturnType<typeof read>} owner
 */
function isStale(file, owner) {
  if (owner.pid && owner.host === hostname() && !isAlive(owner.pid)) return true;
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > silenceMs;
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Removes a dead owner's lock, and only that one: between the look and the removal another set-up may have taken it.
 * @param {string} file
 * @param {ReturnType<typeof read>} owner
 */
function evict(file, owner) {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // somebody else was quicker
  }
  if (read(aside).mark === owner.mark) endOrphans(owner);
  else renameSync(aside, file);
  rmSync(aside, { force: true });
}

/** @param {ReturnType<typeof read>} owner */
function endOrphans({ mark: theirs, children: pids = [] }) {
  for (const pid of pids) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
      if (environment.includes(`${markName}=${theirs}`)) process.kill(-pid, 'SIGKILL');
    } catch {
      // ended already, or a system without /proc
    }
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // taken over while this process was stopped: nothing to keep alive
  }
}

/** @param {string} file */
function release(file) {
  held.delete(file);
  if (read(file).mark === mark) rmSync(file, { force: true });
}
