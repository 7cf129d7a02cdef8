// Stamps: "this was made from exactly these sources". Written last, so that half-done work has none.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './places.mjs';

/**
 * Every file below a path, in a fixed order; the path itself when it is a file; nothing when it is absent.
 * @param {string} path
 * @param {(name: string) => boolean} [skip]
 * @returns {string[]}
 */
export function filesUnder(path, skip = () => false) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => !skip(name))
    .sort()
    .flatMap((name) => filesUnder(join(path, name), skip));
}

/**
 * @param {string[]} files
 * @param {string} [base] names are hashed relative to this folder, so that two checkouts agree
 * @returns {string}
 */
export function hashFiles(files, base = root) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(base, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

/** @param {string} text */
export const hashText = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/**
 * @param {string} file
 * @returns {string | undefined}
 */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
export function writeStamp(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`);
  renameSync(draft, file);
}
