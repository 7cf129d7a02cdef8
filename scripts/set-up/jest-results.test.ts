import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addUp, nothing, readResults } from './jest-results.mjs';

describe('the results of a Jest run', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-results-'));
    file = join(folder, 'results.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const tests = [
    { status: 'passed', fullName: 'a call is answered' },
    { status: 'pending', fullName: 'a call from a browser' },
    { status: 'todo', fullName: 'a call from the moon' },
  ];
  const write = (counts: object): void =>
    writeFileSync(
      file,
      JSON.stringify({
        numPassedTests: 1,
        numFailedTests: 0,
        numRuntimeErrorTestSuites: 0,
        testResults: [{ name: join(process.cwd(), 'e2e/call.test.ts'), assertionResults: tests }],
        ...counts,
      }),
    );

  test('name what was skipped', () => {
    write({});
    const names = ['e2e/call.test.ts: a call from a browser', 'e2e/call.test.ts: a call from the moon'];
    expect(readResults(file, 0)).toEqual({ passed: 1, failed: 0, skipped: names });
  });

  test('count a file that could not run as a failure', () => {
    write({ numRuntimeErrorTestSuites: 1 });
    expect(readResults(file, 1).failed).toBe(1);
  });

  test('are a failure when Jest itself fell over', () => {
    expect(readResults(join(folder, 'absent.json'), 1)).toEqual({ passed: 0, failed: 1, skipped: [] });
  });

  test('add up', () => {
    write({});
    const once = addUp(nothing, readResults(file, 0));
    expect(addUp(once, { passed: 2, failed: 1, skipped: [] })).toMatchObject({ passed: 3, failed: 1 });
  });
});
