import { describe, expect, test } from '@jest/globals';
import { SequenceUnwrapper, TimestampUnwrapper } from './index.ts';

describe.each([
  { name: 'a sequence number', make: () => new SequenceUnwrapper(), span: 2 ** 16 },
  { name: 'a timestamp', make: () => new TimestampUnwrapper(), span: 2 ** 32 },
])('$name', ({ make, span }) => {
  const steps = (values: readonly number[]): number[] => {
    const unwrapper = make();
    const unwrapped = values.map((value) => unwrapper.unwrap(value));
    return unwrapped.map((value) => value - unwrapped[0]!);
  };

  test('counts on past its wrap', () => {
    expect(steps([span - 2, span - 1, 0, 1])).toEqual([0, 1, 2, 3]);
  });

  test('counts back when a packet of before the wrap comes after it', () => {
    expect(steps([span - 1, 1, span - 2, 2])).toEqual([0, 2, -1, 3]);
  });

  test('counts back from the very first', () => {
    const unwrapper = make();
    const first = unwrapper.unwrap(0);
    expect(unwrapper.unwrap(span - 1)).toBe(first - 1);
    expect(first - 1).toBeGreaterThanOrEqual(0);
  });

  test('keeps to one line over many wraps', () => {
    const unwrapper = make();
    const stride = Math.floor(span / 3);
    let expected = unwrapper.unwrap(0);
    for (let i = 1; i <= 1000; i++) {
      expected += stride;
      expect(unwrapper.unwrap((i * stride) % span)).toBe(expected);
    }
  });

  test('finds its way back from a stray value', () => {
    expect(steps([100, 101, 100 + span / 2 - 7, 102])[3]).toBe(2);
  });
});
