import { existsSync, readdirSync, readFileSync } from 'node:fs';

const EACH_MS = 500;

/**
 * The most memory that this process's children and theirs took while it watched, in MB: what they share counts once
 * (PSS). NaN where there were none, and on systems without `/proc`.
 */
export class ChildMemory {
  readonly #timer: NodeJS.Timeout;
  #most = Number.NaN;

  constructor() {
    this.#timer = setInterval(() => this.#look(), EACH_MS);
    this.#look();
  }

  /** Stops watching. */
  end(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#most;
  }

  #look(): void {
    const children = descendants(process.pid);
    if (children.length === 0) return;
    const now = children.reduce((sum, pid) => sum + pssMb(pid), 0);
    this.#most = Math.max(now, Number.isNaN(this.#most) ? 0 : this.#most);
  }
}

function descendants(pid: number): number[] {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return [];
  const children = readable(() =>
    readdirSync(tasks).flatMap((task) => readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean)),
  );
  return (children ?? []).map(Number).flatMap((child) => [child, ...descendants(child)]);
}

function pssMb(pid: number): number {
  const rollup = readable(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup ?? '')?.[1] ?? 0) / 1024;
}

/** Undefined for a process that has gone meanwhile. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
