// The demo page, built with Vite when its sources are newer than what was built.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { checkoutState, root } from './places.mjs';
import { run } from './run.mjs';
import { say, seconds } from './say.mjs';
import { filesUnder, hashFiles, readStamp, writeStamp } from './stamp.mjs';

const folder = join(root, 'web-demo');
const dist = join(folder, 'dist');
const stamp = join(dist, '.sources');

/** @param {string} name */
const isNotSource = (name) => ['node_modules', 'dist'].includes(name) || name.endsWith('.test.ts');

const sourcesHash = () =>
  hashFiles([
    ...filesUnder(folder, isNotSource),
    ...filesUnder(join(root, 'signaling', 'src'), isNotSource),
    join(root, 'package-lock.json'),
  ]);

/**
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<boolean>} whether there is a page of these sources now
 */
export async function webDemo(node, env) {
  if (!existsSync(join(folder, 'index.html'))) {
    say('demo page: web-demo has no index.html yet; nothing to build');
    return false;
  }
  if (readStamp(stamp) === sourcesHash()) return true;
  return await withLock(join(checkoutState, 'lock'), async () => {
    const hash = sourcesHash();
    return readStamp(stamp) === hash || (await build(node, env, hash));
  });
}

/**
 * Builds beside the old page and then exchanges the two: a running server never serves half of one.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @param {string} hash
 */
async function build(node, env, hash) {
  const since = Date.now();
  say('demo page: building web-demo');
  const draft = join(checkoutState, 'web-demo');
  const old = join(checkoutState, 'web-demo-old');
  for (const path of [draft, old]) rmSync(path, { recursive: true, force: true });
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const built = await run(node, [vite, 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: folder,
    env,
  });
  if (!built.ok) {
    rmSync(draft, { recursive: true, force: true });
    say(`  the demo page could not be built; calls by other clients work:\n${built.tail}`);
    return false;
  }
  writeStamp(join(draft, '.sources'), hash);
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(draft, dist);
  rmSync(old, { recursive: true, force: true });
  say(`  the demo page is built (${seconds(since)})`);
  return true;
}
