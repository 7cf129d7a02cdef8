import { describe, expect, test } from '@jest/globals';
import { clockTime, lineAt, linesOf, wordsSaid } from './follow.ts';
import type { CallDetails, Said } from './library.ts';

const said = (speaker: Said['speaker'], startedMs: number, ...words: [string, number][]): Said => ({
  speaker,
  startedMs,
  endedMs: words.at(-1)?.[1] ?? startedMs,
  text: words.map(([text]) => text).join(''),
  interrupted: false,
  words: words.map(([text, atMs]) => ({ text, atMs })),
});
const call: CallDetails = {
  call: 'a',
  room: 'tea',
  openedAt: '2030-01-01T10:00:00.000Z',
  recorded: true,
  callers: [],
  turns: [
    {
      turn: 1,
      startedMs: 1000,
      latencies: {},
      said: [said('caller', 1000, ['Hello', 1000]), said('agent', 3000, ['Good ', 3000], ['morning.', 3400])],
    },
    { turn: 2, startedMs: 2500, latencies: {}, said: [said('caller', 2500, ['Wait', 2500])] },
  ],
};

describe('a call that is listened to', () => {
  const lines = linesOf(call);

  test('has its lines in the order in which they began', () => {
    expect(lines.map(({ said }) => said.text)).toEqual(['Hello', 'Wait', 'Good morning.']);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(3);
  });

  test('shows the line that is being said', () => {
    expect(lineAt(lines, 999)).toBeUndefined();
    expect(lineAt(lines, 2499)?.said.text).toBe('Hello');
    expect(lineAt(lines, 60_000)?.said.text).toBe('Good morning.');
  });

  test('shows how far it has come', () => {
    const { said } = lines[2]!;
    expect([2999, 3000, 3399, 3400].map((ms) => wordsSaid(said, ms))).toEqual([0, 1, 1, 2]);
  });
});

test('times read as on a watch', () => {
  expect([0, 9_999, 61_000, 3_600_000].map(clockTime)).toEqual(['0:00', '0:09', '1:01', '60:00']);
});
