import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CATALOGUE } from './catalogue.ts';

const COMMAND = fileURLToPath(new URL('./command.ts', import.meta.url));
let cache: string;
beforeAll(() => {
  cache = mkdtempSync(join(tmpdir(), 'parley-command-'));
});
afterAll(() => rmSync(cache, { recursive: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const literal = (text: string): string => text.replace(/[.+]/g, '\\$&');

test('without a name it lists each model with its stage, languages, size, licence and whether it is there', () => {
  const { code, out } = run();
  expect(code).toBe(0);
  for (const { name, licence, home } of CATALOGUE) {
    expect(out).toMatch(new RegExp(`^ {2}${literal(name)} +[\\d.]+ [MG]B  .*${literal(licence)}`, 'm'));
    expect(out).toContain(home);
  }
  expect(out).toMatch(/kokoro .* en, zh .*recommended/);
  expect(out).toContain(`They lie in ${join(cache, 'parley', 'models')}`);
  expect(out).not.toContain('installed');
});

test('a name that is none, and what is no use, say so and fail', () => {
  expect(run('gpt-9')).toMatchObject({ code: 1, err: expect.stringContaining('there is no model "gpt-9"') });
  expect(run('kokoro', '--to', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('--from <folder>') });
});

test('of all that are recommended, the one that a folder has not is named', () => {
  expect(run('recommended', '--from', cache)).toMatchObject({
    code: 1,
    err: expect.stringContaining(`${cache} has no encoder-epoch-99-avg-1.int8.onnx`),
  });
});
