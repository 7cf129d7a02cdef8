import { expect, test } from '@jest/globals';
import { Captions } from './captions.ts';

const said = (turn: number, text: string, final = true) =>
  ({ type: 'transcript', turn, callerId: 'ann', text, final }) as const;
const answered = (reply: number, text: string) =>
  ({ type: 'reply-text', turn: reply, reply, text, final: true, interrupted: false }) as const;

test('captions are the lines of the conversation as they were told last', () => {
  const captions = new Captions();
  captions.hear(said(1, 'hel', false));
  captions.hear(said(1, 'hello'));
  captions.hear({ type: 'agent-state', state: 'speaking' });
  captions.hear(answered(1, 'Hi.'));
  expect(captions.lines).toEqual([said(1, 'hello'), answered(1, 'Hi.')]);
});

test('what was taken back is no line', () => {
  const captions = new Captions();
  captions.hear(said(1, 'ah', false));
  captions.hear(said(1, ''));
  expect(captions.lines).toEqual([]);
});

test('captions are bounded in number and in length; the oldest go', () => {
  const captions = new Captions();
  for (let turn = 1; turn <= 100; turn++) captions.hear(said(turn, 'hello'));
  expect(captions.lines).toHaveLength(60);
  expect(captions.lines.at(-1)).toEqual(said(100, 'hello'));
  captions.hear(answered(101, 'long '.repeat(10_000)));
  expect(captions.lines).toHaveLength(1);
});
