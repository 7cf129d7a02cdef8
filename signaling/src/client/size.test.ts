import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

/** Socket.IO is 12.8 kB of it. The protocol's schemas stay with the server. */
const LIMIT_BYTES = 25_000;

test('an app carries less than 25 kB gzipped until its first call, which fetches mediasoup-client', () => {
  // In a process of its own: the bundler's native part knows only one realm.
  const script = fileURLToPath(new URL('../testing/bundle-size.ts', import.meta.url));
  const env = { ...process.env, NODE_ENV: 'production' };
  const { bytes, laterChunks } = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8', env }));
  expect(laterChunks).toBeGreaterThan(0);
  expect(bytes).toBeGreaterThan(10_000);
  expect(bytes).toBeLessThan(LIMIT_BYTES);
}, 60_000);
