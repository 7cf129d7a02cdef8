import { describe, expect, test } from '@jest/globals';
import { isRecent, neededNode } from './node.mjs';

describe('a Node', () => {
  test.each(['v22.18.0', 'v22.19.1', 'v23.0.0', 'v24.21.0'])('%s runs this project', (version) => {
    expect(isRecent(version)).toBe(true);
  });

  test.each(['v18.20.0', 'v20.20.2', 'v22.17.9'])('%s is too old for it', (version) => {
    expect(isRecent(version)).toBe(false);
  });

  test('of the needed version is recent enough', () => {
    expect(isRecent(neededNode)).toBe(true);
  });
});
