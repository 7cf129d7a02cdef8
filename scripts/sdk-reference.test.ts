import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { referenceArguments } from './set-up/sdk-reference.mjs';

const WRITTEN = fileURLToPath(new URL('../docs/sdk', import.meta.url));

const pages = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));

test('docs/sdk says what the docstrings of the SDK say; else: npm run reference', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-reference-'));
  try {
    execFileSync(process.execPath, referenceArguments(folder), { stdio: 'inherit' });
    expect(pages(WRITTEN)).toEqual(pages(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
