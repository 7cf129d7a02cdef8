import { describe, expect, test } from '@jest/globals';
import { speakerOf, voicesOf } from './voices.ts';

const kokoro = { kind: 'kokoro', files: {}, speakers: ['af_alloy', 'af_heart', 'bm_george', 'zf_xiaobei'] } as const;
const voices = voicesOf(kokoro, 4);

describe('voices', () => {
  test('of Kokoro have names, languages and sexes', () => {
    expect(voices[2]).toEqual({ id: 'bm_george', name: 'George', language: 'en-GB', gender: 'male' });
    expect(voices[3]).toEqual({ id: 'zf_xiaobei', name: 'Xiaobei', language: 'zh', gender: 'female' });
  });

  test('without names have numbers, also where there is only one', () => {
    expect(voicesOf({ kind: 'vits', files: {}, languages: ['de'] }, 0)).toEqual([
      { id: '0', name: 'Voice 1', language: 'de' },
    ]);
  });

  test.each([
    [undefined, undefined, 1],
    ['bm_george', undefined, 2],
    ['George', undefined, 2],
    ['bm_george', 'zh', 2],
    ['nobody', undefined, 1],
    [undefined, 'zh-CN', 3],
    [undefined, 'en-GB', 1],
    [undefined, 'de', 0],
  ])('%s in %s is number %i', (wished, language, number) => {
    expect(speakerOf(voices, wished, language)).toBe(number);
  });
});
