import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { withLock } from './lock.mjs';

const here = join(process.cwd(), 'scripts', 'set-up');

/** A process that takes the lock, says so, starts a child that would outlive it, and holds on. */
const holder = `
  import { withLock } from '${here}/lock.mjs';
  import { run } from '${here}/run.mjs';
  // The last command is no sleep, or the shell would become it: its environment cannot be read at that moment.
  const child = ['-c', 'echo $$; sleep 600; true'];
  await withLock(process.argv[1], () => run('sh', child, { onLine: (pid) => console.log(pid) }));
`;

describe('the lock of a set-up', () => {
  let folder: string;
  let file: string;
  let started: ChildProcess[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-lock-'));
    file = join(folder, 'lock');
    started = [];
  });
  afterEach(() => {
    for (const child of started) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });

  async function startHolder(): Promise<{ owner: ChildProcess; orphan: number }> {
    const owner = spawn(process.execPath, ['--input-type=module', '-e', holder, file]);
    started.push(owner);
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    return { owner, orphan: Number(line) };
  }

  test('lets one at a time in', async () => {
    const code = `
      import { withLock } from '${here}/lock.mjs';
      import { readFileSync, writeFileSync } from 'node:fs';
      import { setTimeout as pass } from 'node:timers/promises';
      const tally = process.argv[1] + '.tally';
      await withLock(process.argv[1], async () => {
        const seen = Number(readFileSync(tally, 'utf8'));
        await pass(20);
        writeFileSync(tally, String(seen + 1));
      });
    `;
    writeFileSync(`${file}.tally`, '0');
    const many = Array.from({ length: 5 }, () => spawn(process.execPath, ['--input-type=module', '-e', code, file]));
    await Promise.all(many.map((child) => once(child, 'exit')));
    expect(readFileSync(`${file}.tally`, 'utf8')).toBe('5');
    expect(existsSync(file)).toBe(false);
  }, 30_000);

  test('is taken over from an owner that was killed, and what the owner had started is ended', async () => {
    const { owner, orphan } = await startHolder();
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isAlive(orphan)).toBe(true);
    await withLock(file, async () => {
      while (isAlive(orphan)) await new Promise((resolve) => setImmediate(resolve));
    });
  }, 30_000);

  test('is taken over from an owner elsewhere that shows no life', async () => {
    writeFileSync(file, JSON.stringify({ pid: 1, host: 'another-container', mark: 'x' }));
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(await withLock(file, async () => 'in')).toBe('in');
  });

  test('is given back when the work fails', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  test('is no obstacle to its own owner', async () => {
    expect(await withLock(file, () => withLock(file, async () => 'in'))).toBe('in');
  });
});

function isAlive(pid: number): boolean {
  try {
    // A killed process stays listed until its parent has looked; it is dead all the same.
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
