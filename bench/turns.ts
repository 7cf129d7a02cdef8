// Turn-taking in real time, on real speech: cut-offs, interruptions, echo, scenes. `node bench/turns.ts [--quick] [--json]`
import { loadavg } from 'node:os';
import { commit, report } from './report.ts';
import { round1 } from './stats.ts';
import { print, printScenes, printWrong } from './turns/print.ts';
import type { SuiteResult } from './turns/suite-result.ts';
import { SUITES, type SuiteName } from './turns/suites.ts';

const quick = process.argv.includes('--quick');
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',');
const names = Object.keys(SUITES) as SuiteName[];
const chosen = process.argv.includes('--only') ? names.filter((name) => only?.includes(name)) : names;

const figures: Record<string, number> = { load_average_before: round1(loadavg()[0] ?? 0) };
// Servers are started for each suite: whoever commits meanwhile changes what is measured.
const details: Record<string, object> = { before: { commit: commit() } };
let scenes: SuiteResult['scenes'];
const began = performance.now();
for (const name of chosen) {
  const suite = await SUITES[name](quick);
  console.log(`\n${name}: ${suite.what}`);
  print(suite);
  if (suite.scenes) printScenes(suite.scenes);
  else printWrong(suite);
  Object.assign(figures, suite.figures);
  scenes ??= suite.scenes;
  details[name] = {
    settings: suite.settings,
    conditions: suite.conditions,
    wrong: suite.wrong,
    leftOut: suite.leftOut,
  };
}
figures.seconds = Math.round((performance.now() - began) / 1000);
figures.load_average_after = round1(loadavg()[0] ?? 0);
console.log(
  `\n${figures.seconds} s; load of the machine ${figures.load_average_before} before, ${figures.load_average_after} after`,
);
console.table(figures);
report('turns', figures, details, scenes && { scenes });
