import { describe, expect, test } from '@jest/globals';
import { momentaryBytes, momentarySamples } from './slab.ts';

describe('arrays that live for a moment', () => {
  test('are empty, apart from each other, and share their buffers', () => {
    const buffers = new Set<ArrayBufferLike>();
    const all = Array.from({ length: 1000 }, (_, i) => {
      const array = i % 2 ? momentarySamples(320) : momentaryBytes(113);
      expect(array.every((value) => value === 0)).toBe(true);
      buffers.add(array.buffer);
      return array.fill(i % 128);
    });
    all.forEach((array, i) => {
      expect(array.every((value) => value === i % 128)).toBe(true);
    });
    expect(buffers.size).toBeLessThan(10);
  });

  test('have a buffer of their own where they are large', () => {
    for (const array of [momentarySamples(50_000), momentaryBytes(50_000)]) {
      expect(array.length).toBe(50_000);
      expect(array.buffer.byteLength).toBe(array.byteLength);
    }
  });
});
