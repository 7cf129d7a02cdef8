import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Finder, type Finding } from './finding.ts';

const MB = 1e6;

export interface FolderNeed {
  /** e.g. `data folder`. */
  readonly check: string;
  readonly path: string;
  /** How another one is chosen. */
  readonly variable: string;
  /** With less free space it is no use; and it will not last long. */
  readonly leastMb: number;
  readonly enoughMb: number;
}

/** Can be written to, and has room. */
export function checkFolder({ check, path, variable, leastMb, enoughMb }: FolderNeed): Finding {
  const find = new Finder(check);
  const trial = join(path, `.doctor-${process.pid}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    writeFileSync(trial, '');
    rmSync(trial);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const uid = process.getuid?.() ?? 'this user';
    const fix = `\`chown -R ${uid} ${path}\`, or choose another folder by ${variable}.`;
    return find.failed(`${path} cannot be written to (${code})`, fix);
  }
  const { bavail, bsize } = statfsSync(path);
  const freeMb = Math.floor((bavail * bsize) / MB);
  const says = `${path}, ${freeMb} MB free`;
  if (freeMb >= enoughMb) return find.ok(says);
  const fix = `Make room on that disk, or choose a folder elsewhere by ${variable}.`;
  return freeMb < leastMb ? find.failed(says, fix) : find.warning(says, fix);
}
