import { expect, test } from '@jest/globals';
import { type Seat, seatFor } from './desk.ts';
import type { Said } from './messages.ts';

const say = (...texts: string[]): Said[] => texts.map((text, i) => ({ role: i % 2 ? 'assistant' : 'user', text }));
const seat = (read: readonly Said[], busy = false): Seat => ({ busy, read });

test('a conversation goes on where most of it was read', () => {
  const [other, same] = [seat(say('a', 'b', 'x', 'y')), seat(say('a', 'b', 'c'))];
  expect(seatFor([other, same], say('a', 'b', 'c', 'd', 'e'))).toBe(same);
});

test('a new one goes where least is forgotten', () => {
  const [long, short] = [seat(say('a', 'b', 'c')), seat(say('x'))];
  expect(seatFor([long, short], say('new'))).toBe(short);
});

test('none is given where somebody writes', () => {
  expect(seatFor([seat(say('a'), true)], say('a', 'b'))).toBeUndefined();
});
