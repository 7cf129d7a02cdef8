// What `npm run models` does once Node and the dependencies are there.
import { systemClock } from '../kernel/index.ts';
import { CATALOGUE, modelNamed } from './catalogue.ts';
import { type FetchProgress, fetchModel, installFrom, ModelUnavailable } from './fetch-model.ts';
import { bytesOf } from './model.ts';
import { folderOf, installed, modelsFolder } from './places.ts';

/** Where nobody watches, progress is said so often, in ms. */
const QUIET_MS = 5000;

const { env, stderr } = process;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** On a terminal one line that moves. */
function progressLine(): { at(progress: FetchProgress): void; end(): void } {
  let last = 0;
  return {
    at({ bytes, ofBytes, from }) {
      const now = systemClock.now();
      if (now - last < (stderr.isTTY ? 100 : QUIET_MS)) return;
      last = now;
      const text = `${megabytes(bytes)} of ${megabytes(ofBytes)} from ${from}`;
      stderr.write(stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
    },
    end: () => void (stderr.isTTY && stderr.write('\r\x1b[K')),
  };
}

function list(): void {
  for (const model of CATALOGUE) {
    const state = installed(model, env) ? 'installed' : 'not installed';
    console.log(`${model.name.padEnd(14)} ${state}, ${megabytes(bytesOf(model))}, ${model.licence}: ${model.title}`);
    console.log(`${' '.repeat(15)}${model.does}; ${model.home}`);
  }
  console.log(`\nThey lie in ${modelsFolder(env)}. npm run models -- <name> downloads one.`);
}

async function get(name: string, folder: string | undefined): Promise<void> {
  const model = modelNamed(name);
  if (installed(model, env) && !folder) {
    console.log(`${model.title} is there: ${folderOf(model, env)}`);
    return;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort(new ModelUnavailable('no-mirror', 'Stopped; the next call goes on here.')));
  }
  const line = progressLine();
  try {
    if (folder) await installFrom(folder, model, env);
    else await fetchModel(model, { env, signal: stop.signal, onProgress: line.at });
  } finally {
    line.end();
  }
  console.log(`${model.title} (${model.licence}) is there: ${folderOf(model, env)}`);
}

const [name, ...rest] = process.argv.slice(2);
const from = rest[0] === '--from' ? rest[1] : undefined;
try {
  if (!name) list();
  else if (rest.length > 0 && !from) throw new RangeError('after the name comes nothing, or --from <folder>');
  else await get(name, from);
} catch (error) {
  if (!(error instanceof ModelUnavailable || error instanceof RangeError)) throw error;
  console.error(error.message);
  if (error instanceof ModelUnavailable && error.reason === 'no-mirror' && error.tried.length > 0) {
    const [file] = modelNamed(name ?? '').files;
    console.error(`\nBehind a firewall: PARLEY_MODEL_MIRROR or HF_ENDPOINT name another place; or bring ${file?.name}`);
    console.error(`(${modelNamed(name ?? '').home}) and run: npm run models -- ${name} --from <its folder>`);
  }
  process.exitCode = 1;
}
