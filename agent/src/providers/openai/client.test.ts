import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const program = fileURLToPath(new URL('./testing/aborted-uploads.ts', import.meta.url));

test('uploads to a server that is gone, given up meanwhile, leave nothing behind that ends the process', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', program]);
  expect(stderr).toBe('');
}, 30_000);
