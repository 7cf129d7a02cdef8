import { describe, expect, test } from '@jest/globals';
import { wordsOverEcho } from './own-voice.ts';

describe('what a caller says over the agent on a line that brings its voice back', () => {
  const said = 'It is sunny all day and it stays warm until the evening.';

  test('is nothing where all words are the agent’s', () => {
    expect(wordsOverEcho('all day and it stays warm', said)).toEqual({ words: '', echoes: true });
    expect(wordsOverEcho('evening', said)).toEqual({ words: '', echoes: false });
  });

  test('is left whole where one word of it is like one of the agent’s by chance', () => {
    expect(wordsOverEcho('in the kitchen', 'One two three. Four')).toEqual({ words: 'in the kitchen', echoes: false });
  });

  test('is what stands beside the agent’s words', () => {
    expect(wordsOverEcho('it stays warm wait a minute', said)).toEqual({ words: 'wait a minute', echoes: true });
  });

  test('is a command even where it stands alone among the agent’s words; any other word there is a slip', () => {
    expect(wordsOverEcho('and it stays wait warm until', said)).toEqual({ words: 'wait', echoes: true });
    expect(wordsOverEcho('and it stays lamp warm until', said)).toEqual({ words: '', echoes: true });
  });
});
