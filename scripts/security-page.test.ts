// Every threat in docs/security.md names the test that shows what is done about it; here is whether it is there.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const page = readFileSync('docs/security.md', 'utf8');
const table = page.slice(page.indexOf('## Threats'), page.indexOf('## What is not done'));
const rows = table
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(1)
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

describe('the page on security', () => {
  test('names a test for every threat', () => {
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter(([, , tests = '']) => !/^(`[^`]+\.test\.ts`: "[^"]+"(; |$))+$/.test(tests))).toEqual([]);
  });

  const named = rows.flatMap(([threat = '', , tests = '']) =>
    [...tests.matchAll(/`([^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => ({ threat, file, title })),
  );

  test.each(named)('$threat: $title', ({ file, title }) => {
    expect(existsSync(file)).toBe(true);
    // As the formatter quotes it.
    const quoted = [`'${title}'`, `"${title}"`, `'${title.replaceAll("'", "\\'")}'`];
    expect(quoted.some((text) => readFileSync(file, 'utf8').includes(text)) || `${file} has no test "${title}"`).toBe(
      true,
    );
  });
});
