import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly run?: string; readonly uses?: string }[] }>
  >;
}

const folder = fileURLToPath(new URL('../.github/workflows/', import.meta.url));
const workflow = (name: string): Workflow => parse(readFileSync(`${folder}${name}`, 'utf8'));

test('the proof of CI is .ci/run', () => {
  expect(
    workflow('ci.yml')
      .jobs.proof?.steps.map(({ run }) => run)
      .filter(Boolean),
  ).toEqual(['.ci/run']);
});

describe.each(readdirSync(folder))('%s', (name) => {
  const { permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('may read the repository and nothing else', () => {
    expect(permissions).toEqual({ contents: 'read' });
  });

  test('takes its actions by major version', () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^[\w-]+\/[\w-]+@v\d+$/);
  });

  test('publishes nothing', () => {
    expect(JSON.stringify(steps)).not.toMatch(/npm publish|docker push|push":true|login-action/);
  });
});
