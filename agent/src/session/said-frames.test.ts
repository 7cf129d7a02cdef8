import { expect, test } from '@jest/globals';
import { SaidFrames } from './said-frames.ts';

const frame = (loudness: number): Int16Array => new Int16Array(480).fill(loudness);

test('what left since a moment is taken back from the last pause before it', () => {
  const said = new SaidFrames();
  // A word, a pause, a word: frames of 20 ms.
  [...Array(20).fill(900), 5, ...Array(20).fill(900)].forEach((loudness, i) => {
    said.add(frame(loudness), i * 20);
  });
  const again = said.takeSince(600);
  expect(again).toHaveLength(21);
  expect(again[0]).toEqual(frame(5));
});

test('what is not known any more is not said again, and nothing twice', () => {
  const said = new SaidFrames();
  for (let i = 0; i < 1000; i++) said.add(frame(i), i * 20);
  expect(said.takeSince(0)).toHaveLength(500);
  expect(said.takeSince(0)).toEqual([]);
});

test('what left before is heard', () => {
  const said = new SaidFrames();
  said.add(frame(1), 20);
  expect(said.takeSince(20)).toEqual([]);
});
