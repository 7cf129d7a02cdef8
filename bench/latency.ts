// Latency of the framework alone, at 1 and 10 calls; barge-in; start-up. `node bench/latency.ts [--json]`
import { loadavg } from 'node:os';
import { type CallLoad, measureCalls } from './latency-calls.ts';
import { figuresOf, printClips, printRows, rowsOf } from './latency-figures.ts';
import { report } from './report.ts';
import { ENDPOINTING_MS } from './server/settings.ts';
import { STARTS, secondsToListening } from './start-time.ts';
import { percentile, round1 } from './stats.ts';

/** Engines take no time here, and the callers' process is not the server's. See docs/benchmarks.md for the method. */
const LOADS: readonly CallLoad[] = [
  { calls: 1, rounds: 4, turns: 6 },
  { calls: 10, rounds: 1, turns: 12 },
];
const STARTS_MEASURED = 3;

const figures: Record<string, number> = {};
const stops: number[] = [];

console.log(`load of the machine before: ${round1(loadavg()[0] ?? 0)}`);
for (const [name, command] of Object.entries(STARTS)) {
  const seconds: number[] = [];
  // The first one may set up what is missing: it does not count.
  for (let run = 0; run <= STARTS_MEASURED; run++) seconds.push(await secondsToListening(command));
  const key = name === 'main' ? 'start_to_listening_s' : 'npm_start_to_listening_s';
  figures[key] = round1(percentile(seconds.slice(1), 0.5));
  console.log(`${command.slice(-2).join(' ')} until /healthz: ${figures[key]} s`);
}
for (const load of LOADS) {
  const result = await measureCalls(load);
  const rows = rowsOf(result, ENDPOINTING_MS);
  const failed = result.turns.filter(({ failure }) => failure !== undefined);
  console.log(`\n${load.calls} call(s) at a time, ${result.turns.length} turns, ${failed.length} failed; ms`);
  for (const { clip, failure } of failed) console.log(`  ${clip}: ${failure}`);
  printRows(rows);
  printClips(result.turns, ENDPOINTING_MS);
  Object.assign(figures, figuresOf(rows, load.calls), { [`failed_turns_${load.calls}`]: failed.length });
  stops.push(...result.turns.flatMap(({ bargeInStop }) => bargeInStop ?? []));
}
figures.barge_in_stop_p50_ms = round1(percentile(stops, 0.5));
figures.barge_in_stop_p95_ms = round1(percentile(stops, 0.95));
figures.load_average = round1(loadavg()[0] ?? 0);
console.log(`load of the machine after: ${figures.load_average}`);
report('latency', figures);
