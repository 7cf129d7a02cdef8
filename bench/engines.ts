// Every engine that can run here: words wrong, delays, real-time factors. `node bench/engines.ts [--quick] [--only a,b] [--json]`
import { loadavg } from 'node:os';
import { ASR_ENGINES, TTS_ENGINES } from '@parley/agent';
import { psWorker } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: reads the settings as the server does
import { loadConfig } from '../server/src/config/index.ts';
import { type Candidate, candidates } from './engines/candidates.ts';
import { type EngineFigures, earsFigures, voiceFigures } from './engines/figures.ts';
import { type Measured, type MeasureOptions, measureEars, measureVoice } from './engines/measure.ts';
import { printHeard, row } from './engines/print.ts';
import { withModels } from './engines/sherpa-folders.ts';
import { report } from './report.ts';
import { round1 } from './stats.ts';
import { measureVadEngines } from './vad-engines.ts';

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') : undefined;
const wanted = (name: string): boolean => only?.includes(name) ?? true;
const env = { ...process.env, PARLEY_PS_WORKER: psWorker() };
const { engines: settings } = loadConfig({ directory: process.cwd(), env: process.env });

const began = performance.now();
const figures: Record<string, number> = { load_average_before: round1(loadavg()[0] ?? 0) };
const leftOut: Record<string, string> = {};
const failures: Record<string, readonly string[]> = {};
const heardBy: Record<string, object> = {};

/** One engine after another: they would take the processor from each other. */
async function table<Result extends Measured>(
  title: string,
  all: readonly Candidate[],
  measure: (candidate: Candidate, options: MeasureOptions) => Promise<Result>,
  figuresOf: (measured: Result) => EngineFigures,
): Promise<Result[]> {
  const results: Result[] = [];
  const rows: Record<string, object> = {};
  for (const candidate of all) {
    const { name, leftOut: why } = candidate;
    if (!wanted(name)) continue;
    if (why) {
      leftOut[name] = why;
      continue;
    }
    console.log(`${name} ...`);
    try {
      const measured = await measure(candidate, { settings, env, quick });
      const found = figuresOf(measured);
      results.push(measured);
      Object.assign(figures, found);
      rows[name] = row(name, found);
      if (measured.failures.length > 0) failures[name] = measured.failures;
    } catch (error) {
      leftOut[name] = error instanceof Error ? error.message : String(error);
    }
  }
  console.log(`\n${title}`);
  console.table(rows);
  return results;
}

const recognisers = await withModels(candidates('asr', settings, ASR_ENGINES, env), 'asr', settings, env);
const ears = await table('Recognition: errors in %, times in ms', recognisers, measureEars, earsFigures);
const voices = await withModels(candidates('tts', settings, TTS_ENGINES, env), 'tts', settings, env);
await table('Speech: times in ms', voices, measureVoice, voiceFigures);
if (wanted('vad')) {
  const vad = await measureVadEngines();
  Object.assign(figures, vad.figures);
  console.log('\nVoice activity: frames taken for what they are in %, cost of a second of audio');
  console.table(vad.table);
}
for (const { name, heard } of ears) {
  printHeard(name, heard);
  heardBy[name] = heard.map(({ clip, text, errors, units }) => ({ clip: clip.name, text, errors, units }));
}
for (const [name, what] of Object.entries(failures)) console.log(`\n${name} failed: ${what.join('; ')}`);
if (Object.keys(leftOut).length > 0) console.log('\nLeft out:');
for (const [name, why] of Object.entries(leftOut)) console.log(`  ${name}: ${why}`);

figures.seconds = Math.round((performance.now() - began) / 1000);
figures.load_average_after = round1(loadavg()[0] ?? 0);
console.log(
  `\n${figures.seconds} s; load of the machine ${figures.load_average_before} before, ${figures.load_average_after} after`,
);
report('engines', figures, { leftOut, failures, heard: heardBy });
