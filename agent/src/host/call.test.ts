import { expect, test } from '@jest/globals';
import { sampleAt } from './call.ts';

test('a sample comes as much before the end of its frame as it was spoken before that', () => {
  // The frame of media time 40 to 60 came at the clock's 1000.
  expect(sampleAt(40, 1000)).toBe(980);
  expect(sampleAt(55, 1000)).toBe(995);
  expect(sampleAt(59.75, 1000)).toBe(999.75);
  // And the next one, for the sample right after.
  expect(sampleAt(60, 1020)).toBe(1000);
});

test('where the frame is not known, neither is the sample', () => {
  expect(sampleAt(40, undefined)).toBeUndefined();
});
