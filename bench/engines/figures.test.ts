import { describe, expect, test } from '@jest/globals';
import { type Clip, recordings, voiceStartsAt } from './clips.ts';
import { earsFigures, errorRate, factor, voiceFigures } from './figures.ts';
import type { Heard } from './hearing.ts';
import { TEXTS } from './speaking.ts';
import type { ClipLanguage } from './words.ts';

const clip = (language: ClipLanguage): Clip => ({
  name: 'clip',
  text: 'what was said',
  language,
  samples: new Int16Array(0),
  ms: 1000,
  speechAtMs: 0,
});
const heard = (language: ClipLanguage, errors: number, units: number, rest: Partial<Heard> = {}): Heard => ({
  clip: clip(language),
  text: '',
  errors,
  units,
  finalMs: 100,
  firstPartialMs: 500,
  ...rest,
});

describe('the figures of a recogniser', () => {
  test('weigh a clip by what is said in it', () => {
    expect(errorRate([heard('en', 1, 2), heard('en', 0, 8)], 'en')).toBe(10);
  });

  test('keep languages apart', () => {
    const all = [heard('en', 1, 4), heard('zh', 1, 5)];
    expect([errorRate(all, 'en'), errorRate(all, 'zh')]).toEqual([25, 20]);
  });

  test('have the names of the engine, and none for what it does not do', () => {
    const figures = earsFigures({
      name: 'some',
      heard: [heard('en', 1, 4, { finalMs: 80.4, firstPartialMs: Number.NaN }), heard('en', 1, 4)],
      fast: [{ tookMs: 300, audioMs: 1000 }],
      failures: [],
      memoryMb: Number.NaN,
    });
    expect(figures).toEqual({
      some_wer_en: 25,
      some_final_p50_ms: 90,
      some_final_p90_ms: 98,
      some_first_partial_p50_ms: 500,
      some_rtf: 0.3,
      some_clips: 2,
      some_failures: 0,
    });
  });
});

test('the figures of a voice are of its first sound and of all of it', () => {
  const text = TEXTS[0] as (typeof TEXTS)[0];
  const spoken = [10, 20, 30].map((firstAudioMs) => ({ text, firstAudioMs, wholeMs: 100, audioMs: 2000 }));
  expect(voiceFigures({ name: 'some', spoken, failures: ['gone'], memoryMb: 4.2 })).toEqual({
    some_first_audio_p50_ms: 20,
    some_first_audio_p90_ms: 28,
    some_rtf: 0.05,
    some_memory_mb: 4,
    some_texts: 3,
    some_failures: 1,
  });
});

test('a real-time factor is of all audio together', () => {
  expect(
    factor([
      [100, 1000],
      [200, 500],
    ]),
  ).toBe(0.2);
});

describe('the recordings', () => {
  test('are of people, each once, in both languages', () => {
    const names = recordings(false).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['jfk', 'tornado', 'damo', 'zaziji']));
    expect(names).not.toContain('yeah');
  });

  test('are fewer for a quick run, in both languages still', () => {
    expect(new Set(recordings(true).map(({ language }) => language))).toEqual(new Set(['en', 'zh']));
    expect(recordings(true).length).toBeLessThan(recordings(false).length / 2);
  });

  test('show where the voice begins', () => {
    const samples = Int16Array.from({ length: 16_000 }, (_, i) => (i < 8000 ? (i % 2) * 20 : (i % 2) * 4000));
    expect(voiceStartsAt(samples)).toBe(500);
    expect(voiceStartsAt(new Int16Array(16_000))).toBe(0);
  });
});
