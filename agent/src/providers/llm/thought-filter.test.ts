import { expect, test } from '@jest/globals';
import { ThoughtFilter } from './thought-filter.ts';

function filtered(text: string, size: number): string {
  const filter = new ThoughtFilter();
  let out = '';
  for (let at = 0; at < text.length; at += size) out += filter.push(text.slice(at, at + size));
  return out + filter.flush();
}

test.each([
  ['Hello there.', 'Hello there.'],
  ['<think>Who is it?</think>\n\nHello.', 'Hello.'],
  ['\n<think>\n\n</think>\nHello.', 'Hello.'],
  ['<thinking is hard', '<thinking is hard'],
  ['Say <think> aloud.', 'Say <think> aloud.'],
  ['<thi', '<thi'],
  ['<think>never ends', ''],
  ['', ''],
])('%j', (text, answer) => {
  for (const size of [1, 2, 3, 5, 100]) expect(filtered(text, size)).toBe(answer);
});

test('an answer is not held back once it has begun', () => {
  const filter = new ThoughtFilter();
  expect(filter.push('He')).toBe('He');
  expect(filter.push('<think')).toBe('<think');
});
