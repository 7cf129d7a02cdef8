import { expect, test } from '@jest/globals';
import { toPinyin } from './pinyin.ts';

test.each([
  ['音乐', 'yin1 yue4'],
  ['快乐', 'kuai4 le4'],
  ['你好的', 'ni3 hao3 de5'],
  ['重庆有100座桥', 'chong2 qing4 you3 100 zuo4 qiao2'],
])('%s is read as %s', (characters, spoken) => {
  expect(toPinyin(characters)).toBe(spoken);
});
