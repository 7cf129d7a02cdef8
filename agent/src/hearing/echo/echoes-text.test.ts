import { describe, expect, test } from '@jest/globals';
import { echoesText, wordsBeside } from './echoes-text.ts';

const SAID = 'Sure, I can help with that. The weather in Lisbon is sunny today, with a high of twenty four degrees.';
const SAID_ZH = '好的，今天北京的天气很好，最高气温二十四度，适合出去走走。';

describe('the text of our own voice', () => {
  test('is all echo where it repeats what was said, whatever its case and punctuation', () => {
    expect(echoesText('the weather in lisbon is sunny today', SAID)).toBe(1);
    expect(echoesText('THE WEATHER, in Lisbon: is sunny, today!', SAID)).toBe(1);
    expect(echoesText('今天北京的天气很好', SAID_ZH)).toBe(1);
  });

  test.each([
    ['the whether in lisbon is sunny to day', SAID],
    ['weather in lisbon sunny today with a high of twenty four', SAID],
    ['I can help with that the leather in lisbon is sunny', SAID],
    ['今天北京的天汽很好', SAID_ZH],
    ['最高气温二是四度适合出去走走', SAID_ZH],
  ])('survives slips of recognition: %s', (heard, said) => {
    expect(echoesText(heard, said)).toBeGreaterThan(0.75);
  });

  test.each([
    ['what about the day after tomorrow', SAID],
    ['stop please I want to ask something else', SAID],
    ['is it going to rain in the evening', SAID],
    ['no the other one', SAID],
    ['明天上海会下雨吗', SAID_ZH],
    ['我想问你另外一个问题', SAID_ZH],
  ])('is not found in what a caller says: %s', (heard, said) => {
    expect(echoesText(heard, said)).toBeLessThan(0.5);
  });

  test('is a share where a caller talks on over it', () => {
    const share = echoesText('the weather in lisbon is no wait I meant porto instead please', SAID);
    expect(share).toBeGreaterThan(0.3);
    expect(share).toBeLessThan(0.6);
  });

  test('is found in pieces, if each is more than a word', () => {
    expect(echoesText('I can help with that a high of twenty four degrees', SAID)).toBe(1);
    expect(echoesText('today sure', SAID)).toBe(0.5);
  });

  test('reads both scripts in one text', () => {
    expect(echoesText('我们 用 wifi 连接', '好的我们用WiFi连接。')).toBe(1);
  });

  test('is nothing where nothing was heard or said', () => {
    expect(echoesText('', SAID)).toBe(0);
    expect(echoesText('...', SAID)).toBe(0);
    expect(echoesText('hello', '')).toBe(0);
  });

  test('is looked for in the last of a long speech only', () => {
    const long = `the first words ${'and so on '.repeat(200)}`;
    expect(echoesText('the first words', long)).toBeLessThan(0.5);
  });
});

describe('the words beside an echo', () => {
  const said = 'It is sunny all day and it stays warm until the evening.';

  test.each([
    ['it is sunny all day', ''],
    ['it is funny all day', ''],
    ['it is sunny all day wait a minute', 'wait a minute'],
    ['stays warm stop that until the evening', 'stop that'],
    ['what time is it', 'what time it'],
  ])('of "%s" are "%s"', (heard, words) => {
    expect(wordsBeside(heard, said)).toBe(words);
  });

  test('are characters in Chinese', () => {
    expect(wordsBeside('今天天气很好等一下', '今天天气很好，明天下雨。')).toBe('等一下');
  });
});
