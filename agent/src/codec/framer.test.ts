import { expect, test } from '@jest/globals';
import { seededRandom } from '../testing/index.ts';
import { Framer } from './index.ts';

const counting = (from: number, length: number): Int16Array => Int16Array.from({ length }, (_, i) => from + i);

test('gives frames of one size from chunks of any, in order and without loss', () => {
  const random = seededRandom(1);
  const framer = new Framer(320);
  const taken: number[] = [];
  let pushed = 0;
  while (pushed < 20_000) {
    const chunk = counting(pushed, Math.floor(random() * 900));
    framer.push(chunk);
    pushed += chunk.length;
    for (let frame = framer.take(); frame; frame = framer.take()) {
      expect(frame.length).toBe(320);
      taken.push(...frame);
    }
    expect(framer.size).toBeLessThan(320);
  }
  expect(taken).toEqual([...counting(0, taken.length)]);
  expect(taken.length + framer.size).toBe(pushed);
});

test('pads the last frame with silence when it is flushed', () => {
  const framer = new Framer(320);
  framer.push(counting(1, 400));
  framer.flush();
  expect(framer.take()![0]).toBe(1);
  const last = framer.take()!;
  expect([...last]).toEqual([...counting(321, 80), ...new Int16Array(240)]);
  expect(framer.take()).toBeUndefined();
  framer.flush();
  expect(framer.size).toBe(0);
});

test('leaves a buffer as it was where there is too little to fill it', () => {
  const framer = new Framer(4);
  framer.push(counting(5, 3));
  const frame = Int16Array.of(9, 9, 9, 9);
  expect(framer.takeInto(frame)).toBe(false);
  expect([...frame]).toEqual([9, 9, 9, 9]);
  expect(framer.size).toBe(3);
});

test('forgets everything when it is cleared', () => {
  const framer = new Framer(4);
  framer.push(counting(0, 6));
  framer.take();
  framer.clear();
  framer.push(counting(50, 4));
  expect([...framer.take()!]).toEqual([50, 51, 52, 53]);
});
