import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AccessError, keptSecret } from './secret.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the secret', () => {
  test('is made at the first start, stays the same, and is for its owner alone', () => {
    const secret = keptSecret(folder);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(keptSecret(folder)).toBe(secret);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'secret'), 'utf8').trim()).toBe(secret);
  });

  test('that others could read is closed to them', () => {
    const secret = keptSecret(folder);
    chmodSync(join(folder, 'secret'), 0o644);
    expect(keptSecret(folder)).toBe(secret);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  test('that is too short is not used', () => {
    writeFileSync(join(folder, 'secret'), 'guess me');
    expect(() => keptSecret(folder)).toThrow(AccessError);
  });

  test('that cannot be kept says what to do', () => {
    expect(() => keptSecret(join(folder, 'nowhere'))).toThrow(/ENOENT[\s\S]*PARLEY_DATA[\s\S]*PARLEY_SECRET/);
  });
});
