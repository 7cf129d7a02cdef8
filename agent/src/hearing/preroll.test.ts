import { describe, expect, test } from '@jest/globals';
import { framesOf } from '../testing/speech-scene.ts';
import { FrameRing } from './preroll.ts';

const frames = framesOf(new Int16Array(16_000));
const ats = (list: readonly { at: number }[]): number[] => list.map(({ at }) => at);

describe('a frame ring', () => {
  test('keeps the latest frames within its length and says how many had to go', () => {
    const ring = new FrameRing(100);
    const gone = frames.slice(0, 8).map((frame) => ring.push(frame));
    expect(gone).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(ring.ms).toBe(100);
    expect(ats(ring.takeSince(0))).toEqual([60, 80, 100, 120, 140]);
  });

  test('gives the frames that reach past a time and is empty after that', () => {
    const ring = new FrameRing(400);
    for (const frame of frames.slice(0, 10)) ring.push(frame);
    expect(ats(ring.takeSince(130))).toEqual([120, 140, 160, 180]);
    expect([ring.size, ring.ms]).toEqual([0, 0]);
    expect(ring.shift()).toBeUndefined();
  });

  test('leaves out a frame that ends just at the time', () => {
    const ring = new FrameRing(400);
    for (const frame of frames.slice(0, 3)) ring.push(frame);
    expect(ats(ring.takeSince(20))).toEqual([20, 40]);
  });

  test('keeps a frame that is longer than itself', () => {
    const ring = new FrameRing(100);
    ring.push(framesOf(new Int16Array(16_000), 1000)[0]!);
    expect(ring.size).toBe(1);
  });
});
