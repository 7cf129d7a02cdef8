import { open, rm, stat, utimes } from 'node:fs/promises';

/** A lock that was not touched for this long belongs to nobody any more, in ms. */
const STALE_MS = 60_000;

export interface FolderLock {
  /** Still at work: call this at least once a minute. */
  touch(): void;
  release(): Promise<void>;
}

/** The right to write `path`, for one thread of one process of this machine; undefined where another has it. */
export async function tryLock(path: string): Promise<FolderLock | undefined> {
  const lock = `${path}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await (await open(lock, 'wx')).close();
      return {
        touch: () => {
          const now = new Date();
          utimes(lock, now, now).catch(() => {});
        },
        release: () => rm(lock, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (await stat(lock).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
      if (age < STALE_MS) return undefined;
      await rm(lock, { force: true });
    }
  }
  return undefined;
}
