import { describe, expect, test } from '@jest/globals';
import { HEARING_RATE } from '../contracts/index.ts';
import { TrackEar } from './track-ear.ts';

const frame = (value: number) => ({ samples: new Int16Array(320).fill(value), rate: HEARING_RATE, at: 0 }) as const;

describe('what a caller sends by RTP', () => {
  test('is counted, and listened to as it comes', () => {
    const ear = new TrackEar();
    const first = frame(1);
    expect(ear.take(first)).toBe(first);
    ear.take(frame(2));
    expect(ear.heardMs).toBe(40);
    expect(ear.gathered()).toHaveLength(0);
  });

  test('is kept instead where turns are not to be found in it, once for each time it is asked for', () => {
    const ear = new TrackEar();
    ear.gather(true);
    expect(ear.take(frame(1)).samples).toEqual(new Int16Array(320));
    ear.forget();
    for (const value of [2, 3]) ear.take(frame(value));
    const kept = ear.gathered();
    expect([kept.length, kept[0], kept[320]]).toEqual([640, 2, 3]);
    expect(ear.gathered()).toHaveLength(0);
    ear.gather(false);
    expect(ear.take(frame(4)).samples[0]).toBe(4);
    expect(ear.heardMs).toBe(80);
  });

  test('is kept for five minutes; the oldest goes', () => {
    const ear = new TrackEar();
    ear.gather(true);
    for (let i = 0; i < 15_010; i++) ear.take(frame(i % 100));
    const kept = ear.gathered();
    expect([kept.length, kept[0]]).toEqual([15_000 * 320, 10]);
  });
});
