import { describe, expect, test } from '@jest/globals';
import { timeWords, wordsOf } from './words.ts';

describe('words', () => {
  test.each([
    ['What is the time?', ['What ', 'is ', 'the ', 'time?']],
    ['“Well,” he said.', ['“Well,” ', 'he ', 'said.']],
    ['今天天气', ['今天', '天气']],
    ['...', ['...']],
    ['', []],
  ])('of %j, joined, are the text again', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
    expect(words.join('')).toBe(text);
  });

  test('of a language that nobody knows are found all the same', () => {
    expect(wordsOf('a b', 'klingon (auto)')).toEqual(['a ', 'b']);
  });

  test('keep the time of their place when recognition corrects them', () => {
    const first = timeWords([], 'wreck a', 100);
    const second = timeWords(first, 'recognise a speech', 300);
    expect(second).toEqual([
      ['recognise ', 100],
      ['a ', 100],
      ['speech', 300],
    ]);
    expect(timeWords(second, 'recognise', 400)).toEqual([['recognise', 100]]);
  });
});
