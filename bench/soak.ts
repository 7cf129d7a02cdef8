// Calls that come and go for long, and what they leave behind. `node bench/soak.ts [--minutes 60] [--calls 20] [--json]`
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { report } from './report.ts';
import { soak } from './soak/soak.ts';
import { round1 } from './stats.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    minutes: { type: 'string', default: '60' },
    calls: { type: 'string', default: '20' },
  },
});
const minutes = Number(values.minutes);
const options = {
  minutes,
  places: Number(values.calls),
  callMs: [8000, 60_000],
  dropShare: 0.25,
  faultShare: 0.03,
  resumeMs: 10_000,
  lookMs: Math.min(20_000, (minutes * 60_000) / 12),
} as const;
console.log(`${minutes} minutes of ${options.places} calls at a time`);
const { churned, looks, perHour, idle } = await soak(options);
const { failures, ...counts } = churned;
const figures = {
  ...counts,
  failed_calls: failures.length,
  mb_per_hour: round1(perHour.mb),
  handles_per_hour: round1(perHour.handles),
  threads_per_hour: round1(perHour.threads),
  idle_mb_before: round1(idle.before.mb),
  idle_mb_after: round1(idle.after.mb),
  handles_left: idle.after.handles - idle.before.handles,
  threads_left: idle.after.threads - idle.before.threads,
  load_average: round1(loadavg()[0] ?? 0),
};
for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(18)} ${value}`);
for (const failure of new Set(failures)) console.log(`  ${failure}`);
report('soak', figures, { options, looks, failures });
