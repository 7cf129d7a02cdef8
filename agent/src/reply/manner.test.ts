import { expect, test } from '@jest/globals';
import { type Manner, mannerFor } from './manner.ts';

const voices = { zh: 'xiaoxiao', en: 'emma', 'en-GB': 'sonia' };

test.each<[string, Partial<Manner>, string | undefined]>([
  ['Hello there.', {}, undefined],
  ['Hello there.', { language: 'de' }, 'de'],
  ['你好。', {}, 'zh'],
  ['你好。', { language: 'en' }, 'zh'],
  ['你好。', { language: 'zh-TW' }, 'zh-TW'],
  ['你好。', { prosody: { language: 'yue' } }, 'yue'],
  ['東京', { language: 'ja' }, 'ja'],
  ['こんにちは。', { language: 'zh' }, 'ja'],
  ['안녕하세요.', { language: 'ko-KR' }, 'ko-KR'],
  ['Hello my friend.', { language: 'zh' }, 'en'],
  ['OK.', { language: 'zh' }, 'zh'],
  ['1984', { language: 'zh' }, 'zh'],
])('"%s" with %j is said in %s', (text, manner, language) => {
  expect(mannerFor(text, { prosody: {}, ...manner }).language).toBe(language);
});

test('a voice follows the language of what is said', () => {
  const prosody = { voice: 'alloy', speed: 1.2 };
  const voiceOf = (text: string, language?: string): string | undefined =>
    mannerFor(text, { prosody, voices, language }).voice;
  expect(voiceOf('你好。', 'en')).toBe('xiaoxiao');
  expect(voiceOf('Hello there.', 'en-US')).toBe('emma');
  expect(voiceOf('Hello there.', 'en-gb')).toBe('sonia');
  expect(voiceOf('Guten Tag.', 'de')).toBe('alloy');
  expect(mannerFor('你好。', { prosody, voices })).toEqual({ voice: 'xiaoxiao', speed: 1.2, language: 'zh' });
});
