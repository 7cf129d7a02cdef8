import type { SuiteResult } from '../suite-result.ts';
import { loadScenes } from './replay.ts';
import { AT_ONCE, runScenes } from './run.ts';
import { REAL_TIME } from './tolerance.ts';

/** With `--quick`, every so manieth scene. */
const QUICK_STEP = 4;

/** The scenes of the tests, in real time against a real server. */
export async function scenes(quick: boolean): Promise<SuiteResult> {
  const names = [...loadScenes().keys()].filter((_, i) => !quick || i % QUICK_STEP === 0);
  const outcome = await runScenes(names);
  const { run, passed, failed, left_out } = outcome;
  return {
    what: 'the scenes of the tests, in real time against a real server',
    figures: {
      scenes_run: run,
      scenes_passed: passed,
      scenes_failed: failed.length,
      scenes_left_out: left_out.length,
    },
    conditions: {},
    settings: { tolerance: REAL_TIME, atOnce: AT_ONCE },
    wrong: failed.map(({ name, what, story }) => ({ what: `${name}: ${what}`, told: story?.split('\n') ?? [] })),
    leftOut: 0,
    scenes: { run, passed, failed: failed.map(({ name, what }) => ({ name, what })), left_out },
  };
}
