import { describe, expect, test } from '@jest/globals';
import { findChineseSum, findSum, work } from './sums.ts';

const value = (text: string): number | undefined => {
  const sum = findSum(text) ?? findChineseSum(text);
  return sum && work(sum);
};

describe('sums in English', () => {
  test.each([
    ['what is twelve times seven', 84],
    ['three plus five', 8],
    ['twenty one minus two', 19],
    ['twenty-one minus two', 19],
    ['a hundred and five divided by two', 52.5],
    ['one million two hundred thousand and six plus one', 1_200_007],
    ['two plus three times four', 14],
    ['12 x 7', 84],
    ['12x7', 84],
    ['what is 3+4*2?', 11],
    ['1,000 minus 1', 999],
    ['8 ÷ 2', 4],
    ['three point one four times two', 6.28],
    ['five minus minus five', 10],
    ['nine take away four', 5],
    ['add three to four', 7],
    ['multiply six by seven', 42],
    ['divide nine by three', 3],
    ['subtract two from ten', 8],
    ['the sum of five and six', 11],
  ])('%s', (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 9);
  });

  test.each([
    ['two plus to', 4],
    ['ate times won', 8],
    ['for plus tree', 7],
    ['twelve time seven', 84],
  ])('as a recogniser wrote it: %s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  test.each([
    'two three four',
    'go to school',
    'a plus for us all',
    'times seven',
    'what time is it',
    'twenty five',
    '',
  ])('not in "%s"', (text) => {
    expect(value(text)).toBeUndefined();
  });

  test('division by zero has no value', () => {
    expect(value('four divided by zero')).toBeNaN();
  });
});

describe('sums in Chinese', () => {
  test.each([
    ['三加五等于几', 8],
    ['请问十二乘以七是多少？', 84],
    ['12×7=', 84],
    ['一百零五除以二', 52.5],
    ['两百万减一', 1_999_999],
    ['二十减三加一', 18],
    ['三点五乘二', 7],
    ['一万两千加三', 12_003],
    ['十加十', 20],
  ])('%s', (text, expected) => {
    expect(value(text)).toBeCloseTo(expected, 9);
  });

  test.each(['一起加油', '三个苹果', '第一加', '现在几点'])('not in "%s"', (text) => {
    expect(value(text)).toBeUndefined();
  });
});
