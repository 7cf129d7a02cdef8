import { describe, expect, test } from '@jest/globals';
import { errorsBetween, unitsOf } from './words.ts';

const english = (text: string): string => unitsOf(text, 'en').join(' ');

describe('English text to compare', () => {
  test.each([
    ['Turn on the lamp.', 'turn on the lamp'],
    ['He was not an ill-disposed young man,', 'he was not an ill disposed young man'],
    ['  “Ask not”\n— what?  ', 'ask not what'],
    ['the horses’ tails', 'the horses tails'],
    ['Um, go, uh, forward', 'go forward'],
  ])('has neither case nor punctuation nor hesitations: %s', (written, compared) => {
    expect(english(written)).toBe(compared);
  });

  test.each([
    ['Go forward 10 metres', 'go forward ten meters'],
    ['1 2 3', 'one two three'],
    ['8 of spades', 'eight of spades'],
    ['42', 'forty two'],
    ['115', 'one hundred fifteen'],
    ['1,250,003', 'one million two hundred fifty thousand three'],
    ['3.5%', 'three point five'],
    ['the 1st, 12th and 20th', 'the first twelfth and twentieth'],
    ['at 10am', 'at ten am'],
    ['1234567890123', 'one two three four five six seven eight nine zero one two three'],
  ])('spells numbers: %s', (written, compared) => {
    expect(english(written)).toBe(compared);
  });

  test.each([
    ["What's the weather like?", 'what is the weather like'],
    ["we can't, won't and don't", 'we can not will not and do not'],
    ["I'm sure they've said we'll go", 'i am sure they have said we will go'],
    ['Mr. John Dashwood', 'mister john dashwood'],
  ])('writes out what is shortened: %s', (written, compared) => {
    expect(english(written)).toBe(compared);
  });

  test('keeps a possessive', () => {
    expect(english("the speaker's lamp")).toBe("the speaker's lamp");
  });
});

describe('Chinese text to compare', () => {
  test('is its characters, without punctuation and spaces', () => {
    expect(unitsOf('砸 自己的，脚。', 'zh')).toEqual(['砸', '自', '己', '的', '脚']);
  });

  test('has letters and digits of one width', () => {
    expect(unitsOf('ＡＩ３', 'zh')).toEqual(['a', 'i', '3']);
  });
});

describe('errors between what was said and heard', () => {
  const errors = (said: string, heard: string): number => errorsBetween(unitsOf(said, 'en'), unitsOf(heard, 'en'));

  test('are none where only the writing differs', () => {
    expect(errors('go forward ten meters', 'Go forward, 10 metres!')).toBe(0);
  });

  test('are changed, missing and added words', () => {
    expect(errors('turn on the lamp', 'turn off the lamp')).toBe(1);
    expect(errors('turn on the lamp', 'turn the lamp')).toBe(1);
    expect(errors('turn on the lamp', 'please turn on the lamp now')).toBe(2);
    expect(errors('go forward', 'a whole other sentence')).toBe(4);
  });

  test('are all words where nothing was heard, and all that was heard where nothing was said', () => {
    expect(errors('turn on the lamp', '')).toBe(4);
    expect(errors('', 'go forward')).toBe(2);
  });
});
