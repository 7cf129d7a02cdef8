import { describe, expect, test } from '@jest/globals';
import { dictionary, type Key, LANGUAGES, preferredLanguage, translator, type UiLanguage } from './strings.ts';

const languages = Object.keys(LANGUAGES) as UiLanguage[];
const keys = Object.keys(dictionary.en) as Key[];
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe.each(languages)('the page in %s', (language) => {
  test('says everything', () => {
    expect(Object.keys(dictionary[language]).sort()).toEqual([...keys].sort());
    for (const key of keys) expect(`${key}: ${dictionary[language][key]}`).toMatch(/: \S/);
  });

  test('names the same values as English', () => {
    for (const key of keys) {
      expect([key, placeholders(dictionary[language][key])]).toEqual([key, placeholders(dictionary.en[key])]);
    }
  });
});

test('values stand where they are named', () => {
  expect(translator('en')('turn', { turn: 3 })).toBe('Turn 3');
  expect(translator('zh')('turn', { turn: 3 })).toBe('第 3 轮');
});

describe('the language of the page', () => {
  test.each([
    [['zh-CN', 'en'], 'zh'],
    [['fr-FR', 'zh-TW'], 'zh'],
    [['EN-gb'], 'en'],
    [['', 'fr'], 'en'],
    [['constructor'], 'en'],
  ] as const)('of a browser that wants %p is %s', (tags, language) => {
    expect(preferredLanguage(tags)).toBe(language);
  });
});
