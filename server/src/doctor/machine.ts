import { readFileSync } from 'node:fs';
import { Finder, type Finding } from './finding.ts';

const NEEDED_NODE = [22, 18] as const;
/** Sockets and files of a few calls; and of some hundred. */
const FEWEST_FILES = 256;
const ENOUGH_FILES = 4096;
/** Tokens and TURN credentials are good for minutes: a clock that is off by more makes them void. */
const CLOCK_WARNING_S = 10;
const CLOCK_FAILURE_S = 60;
const CLOCK_PATIENCE_MS = 5000;

export function checkNode(version = process.versions.node): Finding {
  const find = new Finder('Node');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = NEEDED_NODE;
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return find.ok(version);
  return find.failed(
    `${version} does not run TypeScript as it is`,
    `Install Node ${NEEDED_NODE.join('.')} or newer, or start with \`npm start\`, which brings one along.`,
  );
}

/** `limits`: what Linux tells in /proc/self/limits; undefined on other systems. */
export function checkFiles(limits = readLimits()): Finding {
  const find = new Finder('open files');
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return find.skipped('this system does not tell its limit');
  const most = soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
  if (most >= ENOUGH_FILES) return find.ok(`${soft} at most`);
  const says = `${soft} at most; each call takes several`;
  const fix = '`ulimit -n 65536` before the start; LimitNOFILE=65536 for systemd, ulimits.nofile for Compose.';
  return most < FEWEST_FILES ? find.failed(says, fix) : find.warning(says, fix);
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}

/** Compares with the Date that a web server sends. */
export async function checkClock(url: string, nowMs: () => number = Date.now): Promise<Finding> {
  const find = new Finder('clock');
  const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(CLOCK_PATIENCE_MS) }).catch(
    () => undefined,
  );
  const theirs = Date.parse(answer?.headers.get('date') ?? '');
  if (Number.isNaN(theirs)) return find.skipped(`${url} does not tell the time (--clock names another)`);
  const offBy = Math.round(Math.abs(nowMs() - theirs) / 1000);
  const { host } = new URL(url);
  if (offBy < CLOCK_WARNING_S) return find.ok(`agrees with ${host}`);
  const says = `off by ${offBy} s from ${host}: tokens and TURN credentials end too early or too late`;
  const fix = 'Let the system set it: `timedatectl set-ntp true`. A container has the clock of its host.';
  return offBy < CLOCK_FAILURE_S ? find.warning(says, fix) : find.failed(says, fix);
}
