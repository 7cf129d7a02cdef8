import { expect, test } from '@jest/globals';
import type { OfferedVoice } from '@parley/agent';
import { speechFor } from './speech.ts';

const voice = (id: string, language: string): OfferedVoice => ({ id, name: id, language, engine: 'one', emotions: [] });
const offered = [voice('one:emma', 'en-GB'), voice('one:alloy', 'mul')];
const settings = {
  prosody: { voice: 'ryan', speed: 1.1 },
  voices: { zh: 'xiaoxiao', en: 'ryan', 'en-US': 'guy' },
};

test('without wishes it is as the server is set', () => {
  expect(speechFor(settings, {}, offered)).toEqual(settings);
});

test('speed, emotion and language go over the settings', () => {
  expect(speechFor(settings, { speed: 2, emotion: 'calm', language: 'de' }, offered).prosody).toEqual({
    voice: 'ryan',
    speed: 2,
    emotion: 'calm',
    language: 'de',
  });
});

test('a voice takes the place of those for its language, and leaves the other languages theirs', () => {
  expect(speechFor(settings, { voice: 'one:emma' }, offered)).toEqual({
    prosody: { voice: 'one:emma', speed: 1.1 },
    voices: { zh: 'xiaoxiao' },
  });
});

test('a voice that speaks every language speaks them all', () => {
  expect(speechFor(settings, { voice: 'one:alloy' }, offered)).toMatchObject({
    prosody: { voice: 'one:alloy' },
    voices: {},
  });
});

test('a voice that is not offered is passed over', () => {
  expect(speechFor(settings, { voice: '../../etc/passwd' }, offered)).toEqual(settings);
});
