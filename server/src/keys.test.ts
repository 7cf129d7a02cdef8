import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ApiKeys } from './access/index.ts';
import { runKeys } from './keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a key is made, listed without itself, and revoked', () => {
  const keys = new ApiKeys(folder);
  expect(runKeys(['list'], keys).text).toContain('There are no keys');
  const key = runKeys(['create', 'shop'], keys).text.split('\n')[0]!;
  expect(keys.holderOf(key)).toMatchObject({ name: 'shop' });
  const { text } = runKeys(['list'], keys);
  expect(text).toMatch(/^[0-9a-f]{8} {2}\d{4}-\d\d-\d\d {2}shop$/);
  expect(runKeys(['revoke', text.slice(0, 8)], keys).code).toBe(0);
  expect(keys.holderOf(key)).toBeUndefined();
});

test.each([
  [[]],
  [['create']],
  [['create', 'x'.repeat(65)]],
  [['create', 'a', 'b']],
  [['remove', 'a']],
  [['list', 'a']],
])('%j shows how it is used', (args) => {
  const { text, code } = runKeys(args, new ApiKeys(folder));
  expect([text.split('\n')[0], code]).toEqual([expect.stringContaining('npm run keys -- create <name>'), 1]);
});

test('what is not there cannot be revoked', () => {
  expect(runKeys(['revoke', '12345678'], new ApiKeys(folder))).toMatchObject({ code: 1 });
});
