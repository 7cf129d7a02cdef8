// For the image's build: the programs beside Node, by the same steps as `npm run setup`. Puts them into the folder
// given, with a list of the Debian packages that their libraries come from.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from '../../scripts/set-up/debian.mjs';
import { psWorker, recognitionNeeds } from '../../scripts/set-up/engines.mjs';
import { builtWorker, downloadedWorker, readyWorker, workerNeed } from '../../scripts/set-up/worker.mjs';

const [out] = process.argv.slice(2);
if (!out) throw new Error('usage: native.mjs <folder>');
const { env, execPath } = process;

let worker = (await readyWorker()) ?? (await downloadedWorker(execPath, env));
await installPackages([...(await recognitionNeeds()), ...(worker ? [] : [workerNeed])], { insist: true });
worker ??= await builtWorker(env);
const recogniser = await psWorker();
if (!recogniser) throw new Error('the lite recogniser could not be built');

mkdirSync(out, { recursive: true });
copyFileSync(worker, join(out, 'mediasoup-worker'));
copyFileSync(recogniser, join(out, 'ps_worker'));
for (const name of ['mediasoup-worker', 'ps_worker']) execFileSync('strip', ['--strip-unneeded', join(out, name)]);
const packages = new Set([worker, recogniser].flatMap(librariesOf).map(packageOf));
writeFileSync(join(out, 'packages'), `${[...packages].sort().join('\n')}\n`);

/** @param {string} program */
function librariesOf(program) {
  const lines = execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => /=> (\/\S+)/.exec(line)?.[1] ?? []);
}

/**
 * dpkg knows files by the place they were packed for, which may be beside the one the loader names (/lib, /usr/lib).
 * @param {string} file
 */
function packageOf(file) {
  for (const path of [realpathSync(file), file, file.replace(/^\/lib/, '/usr/lib')]) {
    try {
      return String(
        execFileSync('dpkg', ['-S', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      ).split(':')[0];
    } catch {
      // known by another path
    }
  }
  throw new Error(`no Debian package has ${file}`);
}
