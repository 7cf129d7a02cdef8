import { describe, expect, test } from '@jest/globals';
import { Pace } from './pace.ts';
import { restOfText } from './rest-of-text.ts';

const TEXT = 'Turn on the lamp, please.';
const WORDS = [
  { text: 'Turn', atMs: 0 },
  { text: 'on', atMs: 300 },
  { text: 'the', atMs: 450 },
  { text: 'lamp', atMs: 600 },
  { text: 'please', atMs: 1100 },
];

describe('what is left of a text', () => {
  test.each([
    [0, TEXT],
    [299, TEXT],
    [300, 'on the lamp, please.'],
    [700, 'lamp, please.'],
    [1099, 'lamp, please.'],
    [1200, 'please.'],
    [2000, ''],
  ])('after %i ms begins with the word that was cut', (givenMs, rest) => {
    expect(restOfText(TEXT, WORDS, givenMs, 75).text).toBe(rest);
  });

  test('goes on behind the words that are known, where more are to come', () => {
    expect(restOfText(TEXT, WORDS.slice(0, 2), 3000, 75)).toEqual({ text: 'the lamp, please.', complete: 2 });
  });

  test('passes over words that are not in it', () => {
    const words = [
      { text: 'Turn', atMs: 0 },
      { text: 'hmm', atMs: 200 },
      { text: 'on', atMs: 300 },
    ];
    expect(restOfText(TEXT, words, 350, 75).text).toBe('on the lamp, please.');
  });

  test('is nothing where only marks are left', () => {
    expect(restOfText('Yes!', [{ text: 'Yes', atMs: 0 }], 400, 75)).toEqual({ text: '', complete: 1 });
  });
});

describe('the pace of a voice', () => {
  const sentence = 'the lamp in the kitchen is on';

  test('is the usual one at first, and then learnt', () => {
    const pace = new Pace();
    expect(pace.msPerLength()).toBe(75);
    expect(pace.msPerLength(1.5)).toBe(50);
    for (let i = 0; i < 20; i++) pace.learn(sentence, 23 * 100);
    expect(pace.msPerLength()).toBeCloseTo(100, 0);
  });

  test('tells where words begin', () => {
    expect(new Pace().words('the lamp')).toEqual([
      { text: 'the', atMs: 0 },
      { text: 'lamp', atMs: 225 },
    ]);
  });

  test('is learnt from speech only', () => {
    const pace = new Pace();
    pace.learn('...', 500);
    pace.learn('yes', 0);
    expect(pace.msPerLength()).toBe(75);
  });
});
