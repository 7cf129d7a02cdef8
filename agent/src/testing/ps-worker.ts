import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = new URL('../../native/ps_worker.c', import.meta.url);

/** The lite recogniser's program: the one that is set up, else built here; undefined where it cannot be built. */
export function psWorker(): string | undefined {
  if (process.env.PARLEY_PS_WORKER) return process.env.PARLEY_PS_WORKER;
  const hash = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), `parley-ps-worker-${process.getuid?.() ?? 'user'}`);
  const program = join(folder, hash);
  if (existsSync(program)) return program;
  try {
    const flags = run('pkg-config', '--cflags', '--libs', 'pocketsphinx').trim().split(/\s+/);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${program}.${process.pid}`;
    run('cc', '-O2', '-Wall', '-Werror', '-o', draft, fileURLToPath(SOURCE), ...flags);
    renameSync(draft, program);
    return program;
  } catch {
    return undefined;
  }
}

/** Whether a program of that name starts on this machine. */
export function isInstalled(program: string, ...args: string[]): boolean {
  try {
    run(program, ...args);
    return true;
  } catch {
    return false;
  }
}

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
