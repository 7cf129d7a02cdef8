// How many calls the machine carries, and what one costs; `--peer`, `--profile`. `node bench/capacity.ts [--json] [--quick]`
import { loadavg } from 'node:os';
import { callCosts } from './capacity/costs.ts';
import { memoryOfCalls } from './capacity/memory.ts';
import { capacityOptions } from './capacity/options.ts';
import { compare, comparisonFigures } from './capacity/peer/compare.ts';
import { profile } from './capacity/profile.ts';
import { largest, ramp } from './capacity/ramp.ts';
import { report } from './report.ts';
import { percentile, round1 } from './stats.ts';

const options = capacityOptions();
const figures: Record<string, number> = {};
const details: Record<string, unknown> = { options, load_before: loadavg() };
console.log(`load of the machine before: ${round1(loadavg()[0] ?? 0)}`);
if (options.profileCalls !== undefined) {
  const profiles = await profile(options.profileCalls, options.stepMs, options.threads);
  details.profiles = profiles.map(({ files: _, ...rest }) => rest);
} else if (!options.peerOnly) {
  const costs = await callCosts(options);
  figures.silent_cpu_percent = costs.silent;
  figures.listening_cpu_percent = costs.listening;
  figures.talking_cpu_percent = costs.talking;
  const memory = await memoryOfCalls(options);
  const steps = await ramp(options);
  const best = largest(steps);
  const told = best ?? steps[0];
  figures.max_calls = best?.calls ?? 0;
  figures.mb_per_call = round1(memory.mbPerCall);
  figures.overhead_p50_ms_at_max = round1(percentile(told?.overheads ?? [], 0.5));
  figures.overhead_p95_ms_at_max = round1(percentile(told?.overheads ?? [], 0.95));
  figures.underruns_at_max = told?.heard.flow.underruns ?? 0;
  Object.assign(details, { costs, memory, steps });
}
if (options.peer) {
  const comparison = await compare(options);
  Object.assign(figures, comparisonFigures(comparison));
  details.comparison = comparison;
}
figures.load_average = round1(loadavg()[0] ?? 0);
console.log(`load of the machine after: ${figures.load_average}`);
report('capacity', figures, details);
