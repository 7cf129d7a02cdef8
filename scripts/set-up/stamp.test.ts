import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { filesUnder, hashFiles, readStamp, writeStamp } from './stamp.mjs';

describe('a stamp', () => {
  let one: string;
  let other: string;
  beforeEach(() => {
    [one, other] = [
      mkdtempSync(join(tmpdir(), 'parley-stamp-')),
      mkdtempSync(join(tmpdir(), 'parley-stamp-')),
    ] as const;
    for (const folder of [one, other]) {
      mkdirSync(join(folder, 'src'));
      writeFileSync(join(folder, 'src', 'a.ts'), 'a');
      writeFileSync(join(folder, 'src', 'b.ts'), 'b');
    }
  });
  afterEach(() => {
    for (const folder of [one, other]) rmSync(folder, { recursive: true });
  });
  const hash = (folder: string): string => hashFiles(filesUnder(folder), folder);

  test('is the same for the same sources in two checkouts', () => {
    expect(hash(one)).toBe(hash(other));
  });

  test('changes with what a file says', () => {
    writeFileSync(join(other, 'src', 'b.ts'), 'B');
    expect(hash(one)).not.toBe(hash(other));
  });

  test('changes with a new file, also an empty one', () => {
    writeFileSync(join(other, 'src', 'c.ts'), '');
    expect(hash(one)).not.toBe(hash(other));
  });

  test('does not see what is left out', () => {
    mkdirSync(join(other, 'node_modules'));
    writeFileSync(join(other, 'node_modules', 'x.js'), 'x');
    const sources = filesUnder(other, (name) => name === 'node_modules');
    expect(hashFiles(sources, other)).toBe(hash(one));
  });

  test('is absent until it was written', () => {
    const file = join(one, 'deep', 'stamp');
    expect(readStamp(file)).toBeUndefined();
    writeStamp(file, 'made from this');
    expect(readStamp(file)).toBe('made from this');
  });
});
