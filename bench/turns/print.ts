import type { ScenesOutcome } from './scenes/run.ts';
import type { SuiteResult } from './suite-result.ts';

/** Lines told of one trial that went wrong. */
const LINES_TOLD = 14;
const TRIALS_TOLD = 12;

export function print({ conditions, leftOut }: SuiteResult): void {
  for (const [name, rows] of Object.entries(conditions)) {
    console.log(name);
    console.table(rows);
  }
  if (leftOut > 0) console.log(`${leftOut} trials left out: the callers' own clock was disturbed`);
}

/** What went wrong, with what the server told and its engines did meanwhile. */
export function printWrong({ wrong }: SuiteResult): void {
  for (const { what, told } of wrong.slice(0, TRIALS_TOLD)) {
    console.log(`- ${what}`);
    for (const line of told.slice(0, LINES_TOLD)) console.log(`    ${line.slice(0, 180)}`);
  }
  if (wrong.length > TRIALS_TOLD) console.log(`... and ${wrong.length - TRIALS_TOLD} more: see --json`);
}

/** A line for each scene that did not pass. */
export function printScenes({ run, passed, failed, left_out }: ScenesOutcome): void {
  console.log(`${passed} of ${run} scenes passed; ${left_out.length} left out`);
  for (const { name, what } of failed) console.log(`- ${name}: ${what}`);
  for (const { name, why } of left_out) console.log(`- left out: ${name}: ${why}`);
}
