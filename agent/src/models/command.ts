// What `npm run models` does once Node and the dependencies are there.
import { systemClock } from '../kernel/index.ts';
import { CATALOGUE, modelNamed, RECOMMENDED } from './catalogue.ts';
import { type FetchProgress, fetchModel, installFrom, ModelUnavailable } from './fetch-model.ts';
import { bytesOf } from './model.ts';
import { folderOf, installed, modelsFolder } from './places.ts';
import { sizeText } from './recommended.ts';

/** Where nobody watches, progress is said so often, in ms; on a terminal the bar moves so often. */
const QUIET_MS = 5000;
const BAR_MS = 100;
const BAR_CELLS = 24;

const { env, stderr } = process;

/** On a terminal one line that moves. */
function progressLine(): { at(progress: FetchProgress): void; end(): void } {
  const startedAt = systemClock.now();
  let last = 0;
  let first: number | undefined;
  return {
    at({ bytes, ofBytes, from }) {
      const now = systemClock.now();
      first ??= bytes;
      if (now - last < (stderr.isTTY ? BAR_MS : QUIET_MS)) return;
      last = now;
      const text = `${sizeText(bytes)} of ${sizeText(ofBytes)} from ${from}${timeLeft(bytes - first, ofBytes - bytes, now - startedAt)}`;
      const full = Math.floor((bytes / ofBytes) * BAR_CELLS);
      const bar = `[${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}]`;
      stderr.write(stderr.isTTY ? `\r\x1b[K${bar} ${text}` : `${text}\n`);
    },
    end: () => void (stderr.isTTY && stderr.write('\r\x1b[K')),
  };
}

/** At the pace so far. */
function timeLeft(done: number, left: number, ms: number): string {
  if (ms < 2000 || done === 0) return '';
  const seconds = Math.round((left / done) * (ms / 1000));
  return seconds < 90 ? `, ${seconds} s left` : `, ${Math.round(seconds / 60)} min left`;
}

const STAGES = { asr: 'hear', llm: 'answer', tts: 'speak', turn: 'know when a caller has finished' } as const;

function list(): void {
  for (const [stage, title] of Object.entries(STAGES)) {
    console.log(`\nTo ${title} (${stage}):`);
    for (const model of CATALOGUE.filter((each) => each.stage === stage)) {
      const { name, title, languages, licence, does, home } = model;
      const marks = [installed(model, env) ? 'installed' : '', RECOMMENDED.includes(model) ? 'recommended' : ''];
      const spoken = languages.includes('mul') ? 'many languages' : languages.join(', ');
      const row = [name.padEnd(17), sizeText(bytesOf(model)).padStart(7), spoken.padEnd(19), licence.padEnd(34)];
      console.log(`  ${row.join('  ')}${marks.filter(Boolean).join(', ')}`.trimEnd());
      console.log(`${' '.repeat(21)}${title}: ${does}; ${home}`);
    }
  }
  const all = sizeText(RECOMMENDED.reduce((sum, model) => sum + bytesOf(model), 0));
  console.log(
    `\nThey lie in ${modelsFolder(env)}. npm run models -- <name> downloads one, "recommended" ${all} of them.`,
  );
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
const wanted = name === 'recommended' ? RECOMMENDED.map((model) => model.name) : name ? [name] : [];
let current = '';
try {
  if (!name) list();
  else if (rest.length > 0 && !from) throw new RangeError('after the name comes nothing, or --from <folder>');
  for (current of wanted) await get(current, from);
} catch (error) {
  if (!(error instanceof ModelUnavailable || error instanceof RangeError)) throw error;
  console.error(error.message);
  if (error instanceof ModelUnavailable && error.reason === 'no-mirror' && error.tried.length > 0) {
    const { files, home } = modelNamed(current);
    const needed = files.map((file) => file.name).join(', ');
    console.error(`\nBehind a firewall: PARLEY_MODEL_MIRROR or HF_ENDPOINT name another place; or bring ${needed}`);
    console.error(`(${home}) and run: npm run models -- ${current} --from <its folder>`);
  }
  process.exitCode = 1;
}
