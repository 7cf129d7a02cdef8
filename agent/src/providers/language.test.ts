import { expect, test } from '@jest/globals';
import { isChinese, primaryLanguage } from './language.ts';

test.each([
  ['en', 'en'],
  ['en-US', 'en'],
  ['zh_Hant_TW', 'zh'],
  ['cmn', 'zh'],
  ['', ''],
])('the language of "%s" is %s', (tag, primary) => {
  expect(primaryLanguage(tag)).toBe(primary);
});

test.each([
  ['你好', true],
  ['请设置 OPENAI', true],
  ['The word 茶 is tea in many languages of the world', false],
  ['hello', false],
  ['42!', false],
])('"%s" is Chinese: %s', (text, chinese) => {
  expect(isChinese(text)).toBe(chinese);
});
