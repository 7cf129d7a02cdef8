import { expect, test } from '@jest/globals';
import { groupVoices, NO_CHOICE, sampleUrl, type Voice, voiceName, wishesFrom } from './voices.ts';

const voice = (id: string, language: string): Voice => ({ id, name: id, language, emotions: [] });
const voices = [
  voice('e:de', 'de-DE'),
  voice('e:af', 'af'),
  voice('e:us', 'en-US'),
  voice('e:gb', 'en-GB-x-rp'),
  voice('o:all', 'mul'),
  voice('e:zh', 'zh-CN'),
  voice('e:odd', 'qqq'),
];

test('voices stand by language: those for all first, then those the caller may want, then by name', () => {
  const groups = groupVoices(voices, { page: 'en', preferred: ['zh-Hans', 'en'], every: 'Every language' });
  expect(groups.map(({ label, voices }) => [label, voices.map(({ id }) => id)])).toEqual([
    ['Every language', ['o:all']],
    ['Chinese', ['e:zh']],
    ['English', ['e:us', 'e:gb']],
    ['Afrikaans', ['e:af']],
    ['German', ['e:de']],
    ['qqq', ['e:odd']],
  ]);
});

test.each([
  ['Heart', 'en-US', 'Heart (US)'],
  ['Heart', 'en', 'Heart'],
  ['English (America), female', 'en-us', 'English (America)'],
  ['en-US-Wavenet-A', 'en-US', 'en-US-Wavenet-A'],
  ['Alloy', 'mul', 'Alloy'],
])('%s of %s is called %s', (name, language, called) => {
  expect(voiceName({ name, language })).toBe(called);
});

test('a sample is asked for as the voice would speak in a call', () => {
  expect(sampleUrl({ ...NO_CHOICE, voice: 'e:en-us+f3' }, 'zh-Hans', voices)).toBe('/v1/voices/e%3Aen-us%2Bf3/sample');
  expect(sampleUrl({ voice: 'o:all', speed: 1.2, emotion: 'calm' }, 'zh-Hans', voices)).toBe(
    '/v1/voices/o%3Aall/sample?speed=1.2&emotion=calm&language=zh-Hans',
  );
});

test('only what was chosen is wished for', () => {
  expect(wishesFrom(NO_CHOICE)).toEqual({});
  expect(wishesFrom({ voice: 'e:de', speed: 0.8, emotion: 'calm' })).toEqual({
    voice: 'e:de',
    speed: 0.8,
    emotion: 'calm',
  });
});
