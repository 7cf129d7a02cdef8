import { expect, test } from '@jest/globals';
import { requests } from '@parley/signaling';
import { callerName, company, LONGEST_NAME, nameFrom } from './names.ts';
import { translator } from './strings.ts';

test('whatever is typed as a name is one that the server takes, or none', () => {
  expect(nameFrom('  Ann\tLee ')).toBe('Ann Lee');
  expect(nameFrom(' \n ')).toBeUndefined();
  for (const typed of ['小明', 'x'.repeat(100), `${'x'.repeat(LONGEST_NAME - 1)} y`, 'a\u2028b']) {
    expect(requests.join.request.safeParse({ displayName: nameFrom(typed) }).success).toBe(true);
  }
});

test('callers go by their names, and what was said here stays ours after a reconnection', () => {
  const t = translator('en');
  const known = { names: { two: 'Ann' }, mine: ['one', 'one-again'], others: ['two', 'three'] };
  expect(['one', 'one-again', undefined, 'two', 'three'].map((id) => callerName(id, known, t))).toEqual([
    'You',
    'You',
    'You',
    'Ann',
    'Guest',
  ]);
  expect(company(known, t)).toBe('Ann, Guest');
  expect(company({ ...known, others: [] }, t)).toBe('');
});
