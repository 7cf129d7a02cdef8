import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { areInstalled } from './dependencies.mjs';

const locked = {
  '': { name: 'project' },
  server: { name: '@parley/server' },
  'node_modules/@parley/server': { resolved: 'server', link: true },
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
  'node_modules/for-a-mac': { version: '1.0.0', integrity: 'sha512-m', optional: true },
};
const { '': _root, 'node_modules/for-a-mac': _mac, ...installed } = locked;

describe('the dependencies', () => {
  let folder: string;
  const write = (file: string, packages: object): void =>
    writeFileSync(join(folder, file), JSON.stringify({ packages }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-deps-'));
    mkdirSync(join(folder, 'node_modules'));
    write('package-lock.json', locked);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are missing while npm has not finished: it writes its record last', () => {
    mkdirSync(join(folder, 'node_modules', 'zod'));
    expect(areInstalled(folder)).toBe(false);
  });

  test('are there when npm recorded them all, but for what another system needs', () => {
    write('node_modules/.package-lock.json', installed);
    expect(areInstalled(folder)).toBe(true);
  });

  test('are found again by the stamp alone', () => {
    write('node_modules/.package-lock.json', installed);
    areInstalled(folder);
    rmSync(join(folder, 'node_modules', '.package-lock.json'));
    expect(areInstalled(folder)).toBe(true);
  });

  test('are old once the lock file names another version', () => {
    write('node_modules/.package-lock.json', installed);
    areInstalled(folder);
    write('package-lock.json', { ...locked, 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-b' } });
    expect(areInstalled(folder)).toBe(false);
  });

  test('go with node_modules', () => {
    write('node_modules/.package-lock.json', installed);
    areInstalled(folder);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(areInstalled(folder)).toBe(false);
  });
});
