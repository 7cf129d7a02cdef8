// Latency of the framework alone, at 1 and 10 calls; barge-in; start-up; the same calls by each way in.
// `node bench/latency.ts [--json] [--ways]`: with `--ways` only the last.
import { loadavg } from 'node:os';
import { type CallLoad, measureCalls } from './latency-calls.ts';
import { differenceOf, figuresOf, printClips, printRows, type Row, rowsOf, undisturbed } from './latency-figures.ts';
import { report } from './report.ts';
import { STARTS, secondsToListening } from './start-time.ts';
import { percentile, round1 } from './stats.ts';

/** Fixed, so that what is more than this is the framework's own; not the default, which weighs words and speaker. */
const SILENCE_MS = 500;

/** Engines take no time here, and the callers' process is not the server's. See docs/benchmarks.md for the method. */
const LOADS: readonly CallLoad[] = [
  { calls: 1, rounds: 4, turns: 6, agent: { endpointingMs: SILENCE_MS } },
  { calls: 10, rounds: 1, turns: 10, agent: { endpointingMs: SILENCE_MS } },
];
/** As it is shipped: the silence that ends a turn depends on what was said. */
const DEFAULTS: CallLoad = { calls: 10, rounds: 1, turns: 6, agent: {} };
const STARTS_MEASURED = 3;
/** The same conversations by each way in, one way after the other. */
const WAYS = ['webrtc', 'realtime', 'telephone'] as const;
const BY_EACH_WAY: CallLoad = { calls: 4, rounds: 2, turns: 8, agent: { endpointingMs: SILENCE_MS } };

const figures: Record<string, number> = {};
const stops: number[] = [];

console.log(`load of the machine before: ${round1(loadavg()[0] ?? 0)}`);
if (!process.argv.includes('--ways')) await measureFramework();
await measureWays();
figures.load_average = round1(loadavg()[0] ?? 0);
console.log(`load of the machine after: ${figures.load_average}`);
report('latency', figures);

async function measureFramework(): Promise<void> {
  for (const [name, command] of Object.entries(STARTS)) {
    const seconds: number[] = [];
    // The first one may set up what is missing: it does not count.
    for (let run = 0; run <= STARTS_MEASURED; run++) seconds.push(await secondsToListening(command));
    const key = name === 'main' ? 'start_to_listening_s' : 'npm_start_to_listening_s';
    figures[key] = round1(percentile(seconds.slice(1), 0.5));
    console.log(`${command.slice(-2).join(' ')} until /healthz: ${figures[key]} s`);
  }
  for (const load of LOADS) {
    const { turns, rows } = await measure(load, `end of a turn fixed at ${SILENCE_MS} ms of silence`, SILENCE_MS);
    printClips(turns, SILENCE_MS);
    Object.assign(figures, figuresOf(rows, `_${load.calls}`));
    stops.push(...turns.flatMap(({ bargeInStop }) => bargeInStop ?? []));
  }
  const { rows } = await measure(DEFAULTS, 'default settings');
  Object.assign(figures, figuresOf(rows, `_default_${DEFAULTS.calls}`));
  figures.barge_in_stop_p50_ms = round1(percentile(stops, 0.5));
  figures.barge_in_stop_p95_ms = round1(percentile(stops, 0.95));
}

/** What the way in adds to, or takes from, the time by WebRTC. */
async function measureWays(): Promise<void> {
  const byWebRtc: Row[] = [];
  for (const way of WAYS) {
    const line = way === 'webrtc' ? undefined : { way, silenceMs: SILENCE_MS };
    const { rows } = await measure({ ...BY_EACH_WAY, ...(line && { line }) }, `by way of ${way}`, SILENCE_MS);
    const own = rows.filter(({ name }) => name === 'voice_to_voice' || name === 'barge_in_stop');
    const named = own.map(({ name, values }) => ({ name: `${way}_${name}`, values }));
    Object.assign(figures, figuresOf(named, ''));
    if (way === 'webrtc') byWebRtc.push(...own);
    else Object.assign(figures, differenceOf(own, byWebRtc, way));
  }
}

async function measure(load: CallLoad, settings: string, silenceMs?: number) {
  const result = await measureCalls(load);
  const failed = result.turns.filter(({ failure }) => failure !== undefined);
  const turns = undisturbed(result.turns);
  const disturbed = result.turns.length - failed.length - turns.length;
  console.log(`\n${load.calls} call(s) at a time, ${settings}; ms`);
  console.log(
    `${turns.length} turns, ${disturbed} left out as the callers' own clock was disturbed, ${failed.length} failed`,
  );
  for (const { clip, failure } of failed) console.log(`  ${clip}: ${failure}`);
  const rows = rowsOf({ ...result, turns }, silenceMs);
  printRows(rows);
  figures.failed_turns = (figures.failed_turns ?? 0) + failed.length;
  figures.disturbed_turns = (figures.disturbed_turns ?? 0) + disturbed;
  return { turns, rows };
}
