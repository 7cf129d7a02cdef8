import { expect, test } from '@jest/globals';
import { fit } from './fit.ts';
import type { Said } from './messages.ts';

const system: Said = { role: 'system', text: 'Be kind.' };
const turns = (count: number): Said[] =>
  Array.from({ length: count }, (_, i) => ({ role: i % 2 ? 'assistant' : 'user', text: `${i}` }));
const kept = (count: number, budget: number): string[] =>
  fit([system, ...turns(count)], budget, () => 10).map(({ text }) => text);

test('what fits stays as it is', () => {
  expect(kept(5, 60)).toEqual(['Be kind.', '0', '1', '2', '3', '4']);
});

test('else the oldest is forgotten, several at a time, and the instructions stay', () => {
  expect(kept(12, 120)).toEqual(['Be kind.', '8', '9', '10', '11']);
  expect(kept(13, 120).slice(0, 2)).toEqual(['Be kind.', '8']);
  expect(kept(18, 120).slice(0, 2)).toEqual(['Be kind.', '8']);
  expect(kept(20, 120).slice(0, 2)).toEqual(['Be kind.', '16']);
});

test('the last message stays, however long it is', () => {
  expect(kept(3, 5)).toEqual(['Be kind.', '2']);
});
