import { expect, test } from '@jest/globals';
import { voiceFor } from './voice.ts';

test.each([
  [{}, 'en-US-Chirp3-HD-Kore'],
  [{ voice: 'Puck' }, 'en-US-Chirp3-HD-Puck'],
  [{ voice: 'Puck', language: 'fr' }, 'fr-FR-Chirp3-HD-Puck'],
  [{ voice: 'alloy', language: 'en-GB' }, 'en-GB-Chirp3-HD-Kore'],
  [{ voice: 'en-GB-Chirp3-HD-Leda', language: 'en' }, 'en-GB-Chirp3-HD-Leda'],
  [{ voice: 'en-GB-Chirp3-HD-Leda', language: 'zh' }, 'cmn-CN-Chirp3-HD-Leda'],
  [{ voice: 'en-US-Neural2-F', language: 'zh-HK' }, 'yue-HK-Chirp3-HD-Kore'],
  [{ voice: 'cmn-CN-Wavenet-A', language: 'zh' }, 'cmn-CN-Wavenet-A'],
  [{ voice: 'en-US-Neural2-F' }, 'en-US-Neural2-F'],
  [{ language: 'no' }, 'nb-NO-Chirp3-HD-Kore'],
  [{ voice: 'constructor' }, 'en-US-Chirp3-HD-Kore'],
  [{ voice: 'en-US-Neural2-F', model: 'gemini-2.5-flash-tts' }, 'Kore'],
  [{ voice: 'Puck', model: 'gpt-4o-mini-tts' }, 'en-US-Chirp3-HD-Puck'],
  [{ language: 'is' }, undefined],
])('%j is spoken by %s', (wish, name) => {
  expect(voiceFor(wish).name).toBe(name);
});
