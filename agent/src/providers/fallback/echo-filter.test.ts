import { expect, test } from '@jest/globals';
import { EchoFilter } from './echo-filter.ts';
import { WholeWords } from './whole-words.ts';

/** What is left of an answer that comes character by character: the hardest case. */
function after(said: string, answer: string): string {
  const filter = new EchoFilter(said);
  return [...answer].map((char) => filter.push(char)).join('') + filter.flush();
}

test.each([
  ['goes on', 'The capital of France ', 'is Paris.', 'is Paris.'],
  ['repeats all', 'The capital of France ', 'The capital of France is Paris.', 'is Paris.'],
  ['repeats the end', 'The capital of France ', 'of France is Paris.', 'is Paris.'],
  ['repeats one word', 'The capital of France ', 'France is Paris.', 'is Paris.'],
  ['repeats with other marks', 'Well, the capital ', '"...the capital" is Paris.', 'is Paris.'],
  ['begins with dots', 'The capital of France ', '...is Paris.', 'is Paris.'],
  ['only seems to repeat', 'The capital of France ', 'The city of Paris.', 'The city of Paris.'],
  ['stops in mid-repetition', 'The capital of France ', 'The capital', 'The capital'],
  ['adds nothing', 'That is all. ', 'That is all.', ''],
  ['repeats a word that came before, too', 'the more the ', 'the merrier', 'merrier'],
  ['has no space to begin with', 'It is three', 'o’clock', ' o’clock'],
  ['repeats Chinese', '法国的首都', '首都是巴黎。', '是巴黎。'],
  ['doubles a Chinese character', '谢', '谢你。', '谢你。'],
])('a text that %s', (_, said, answer, rest) => {
  expect(after(said, answer)).toBe(rest);
});

test('what cannot be a repetition any more is let through at once', () => {
  const filter = new EchoFilter('The capital of France ');
  expect(filter.push('The cap')).toBe('');
  expect(filter.push('tain of ')).toBe('The captain of ');
  expect(filter.push('the ship')).toBe('the ship');
});

test('whole words are let through, and the one that may still grow is held', () => {
  const words = new WholeWords();
  expect(['Hel', 'lo th', 'ere. I', ' am'].map((delta) => words.push(delta))).toEqual(['', 'Hello ', 'there. ', 'I ']);
  expect(words.flush()).toBe('am');
  expect(words.push('今天很')).toBe('今天很');
  expect(words.push('x'.repeat(41))).toBe('x'.repeat(41));
});
