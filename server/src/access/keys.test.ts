import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiKeys, hashOfKey } from './keys.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('API keys', () => {
  test('are known by their hash, and the file tells nobody a key', () => {
    const { key, kept } = new ApiKeys(folder).create('shop');
    expect(key).toMatch(/^parley_[0-9a-f]{8}_[\w-]{43}$/);
    expect(new ApiKeys(folder).holderOf(key)).toEqual({ id: kept.id, name: 'shop' });
    const path = join(folder, 'api-keys.json');
    expect(readFileSync(path, 'utf8')).not.toContain(key.slice('parley_12345678_'.length));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('that are nearly right are wrong', () => {
    const keys = new ApiKeys(folder);
    const { key, kept } = keys.create('shop');
    for (const wrong of ['', key.slice(0, -1), `${key}x`, key.toUpperCase(), kept.id, kept.hash]) {
      expect(keys.holderOf(wrong)).toBeUndefined();
    }
  });

  test('that are revoked are forgotten, also by a server that is running', () => {
    const running = new ApiKeys(folder);
    const command = new ApiKeys(folder);
    const shop = command.create('shop');
    const clinic = command.create('clinic');
    expect(running.holderOf(shop.key)).toMatchObject({ name: 'shop' });
    expect(command.revoke(shop.kept.id)).toBe(true);
    expect(running.holderOf(shop.key)).toBeUndefined();
    expect(running.holderOf(clinic.key)).toMatchObject({ name: 'clinic' });
    expect(command.revoke(shop.kept.id)).toBe(false);
  });

  test('of the configuration count too, and are not listed', () => {
    const keys = new ApiKeys(folder, { 'access.apiKeys[0]': hashOfKey('of the config') });
    expect(keys.holderOf('of the config')).toMatchObject({ name: 'access.apiKeys[0]' });
    expect(keys.list).toEqual([]);
  });

  test('in a file that is broken let nobody in', () => {
    writeFileSync(join(folder, 'api-keys.json'), '{"keys": [{}]}');
    expect(() => new ApiKeys(folder).holderOf('anything')).toThrow(/api-keys\.json cannot be read/);
  });
});
