import { describe, expect, test } from '@jest/globals';
import { runsOf } from './runs.ts';
import { timeWords } from './word-times.ts';

const written = (text: string, language?: string): string[] =>
  runsOf(text, language).map((run) => `${run.chinese ? 'zh' : '--'} ${run.text}`);

describe('a text is cut into runs of one script', () => {
  test.each([
    ['Hello there.', ['-- Hello there.']],
    ['你好，今天天气很好。', ['zh 你好，今天天气很好。']],
    ['请设置 OPENAI API KEY，然后重启。', ['zh 请设置', '-- OPENAI API KEY', 'zh ，然后重启。']],
    ['共有 12 个，3.5 元', ['zh 共有 12 个，3.5 元']],
    ['Parley 是什么', ['-- Parley', 'zh 是什么']],
    ['用 GPT-4o 吧', ['zh 用', '-- GPT-4o', 'zh 吧']],
    ['  ', []],
    ['!?', []],
    ["a\u0000b [[h@l'oU]]", ["-- a b [h@l'oU]]"]],
  ])('%s', (text, runs) => {
    expect(written(text)).toEqual(runs);
  });

  test('but not where the language has a voice that reads both', () => {
    expect(written('日本語 text です', 'ja')).toEqual(['-- 日本語 text です']);
  });
});

describe('words in time', () => {
  test('are spread by their length, from the start, in order', () => {
    expect(timeWords('to be or not', 900).map(({ text }) => text)).toEqual(['to', 'be', 'or', 'not']);
    expect(timeWords('to be or not', 900).map(({ atMs }) => atMs)).toEqual([0, 200, 400, 600]);
  });

  test('give digits the time that it takes to say them', () => {
    const [, second] = timeWords('2026 is', 900);
    expect(second?.atMs).toBe(800);
  });

  test('are none in a text without words', () => {
    expect(timeWords('...', 100)).toEqual([]);
  });
});
