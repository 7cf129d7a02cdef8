import { describe, expect, test } from '@jest/globals';
import { EMOTIONS } from '../../contracts/index.ts';
import { decibels, directionsFor, percent, semitones, soundOf } from './prosody.ts';
import { escapeXml, isSpeakable, unescapeXml } from './prosody-ssml.ts';

describe('how to speak', () => {
  test('is normal where nothing is asked for', () => {
    expect(soundOf({})).toEqual({ rate: 1, pitch: 1, loudness: 1 });
    expect(directionsFor({})).toBe('');
  });

  test('is coloured by the feeling: faster still when angry and told to be fast', () => {
    expect(soundOf({ speed: 1.5, emotion: 'angry' }).rate).toBeCloseTo(1.68);
    expect(directionsFor({ emotion: 'whisper', pitch: 1.5 })).toBe('Whisper. Speak in a higher voice than usual.');
  });

  test('has a sound of its own for every feeling', () => {
    const sounds = EMOTIONS.map((emotion) => JSON.stringify(soundOf({ emotion })));
    expect(new Set(sounds).size).toBe(EMOTIONS.length);
  });

  test.each([
    [percent(1, [0.5, 2]), '+0%'],
    [percent(0.8, [0.5, 2]), '-20%'],
    [percent(9, [0.5, 2]), '+100%'],
    [semitones(2, [0.5, 2]), '+12st'],
    [semitones(0, [0.5, 2]), '-12st'],
    [semitones(1.2, [0.5, 2]), '+3st'],
    [decibels(0.85), '-1.4dB'],
  ])('%s is written so in SSML', (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe('text in SSML', () => {
  test('cannot become markup, and comes back as it was', () => {
    const text = `<break/> & "this" 'that' 👋`;
    expect(escapeXml(text)).not.toMatch(/[<>"']|&(?!\w+;)/);
    expect(unescapeXml(escapeXml(text))).toBe(text);
  });

  test('loses what XML cannot carry', () => {
    expect(escapeXml('a\u0000b\u000bc\ud800d\te')).toBe('a b c\ufffdd\te');
  });

  test('is worth sending only where it has a letter or a digit', () => {
    expect(['hi', '7', '你', '...', '—!', '👋'].map(isSpeakable)).toEqual([true, true, true, false, false, false]);
  });
});
