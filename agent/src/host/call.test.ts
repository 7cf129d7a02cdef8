import { expect, test } from '@jest/globals';
import { sampleAt } from './call.ts';

test('a sample comes as much before the end of its frame as it was spoken before that, and as Opus looked ahead', () => {
  // The frame of media time 40 to 60 came at the clock's 1000; what is heard in it was spoken 6.5 ms earlier.
  expect(sampleAt(40, 1000)).toBe(973.5);
  expect(sampleAt(55, 1000)).toBe(988.5);
  expect(sampleAt(59.75, 1000)).toBe(993.25);
  // And the next one, for the sample right after.
  expect(sampleAt(60, 1020)).toBe(993.5);
});

test('where the frame is not known, neither is the sample', () => {
  expect(sampleAt(40, undefined)).toBeUndefined();
});
