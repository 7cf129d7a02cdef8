import { describe, expect, test } from '@jest/globals';
import { testSettings } from '../testing/index.ts';
import { choose } from './choose.ts';

const LOCAL = 'http://localhost:11434/v1';

describe('auto', () => {
  test('without a key or a server takes the lite engines', () => {
    const settings = testSettings();
    expect(choose('asr', settings)).toMatchObject({ engine: 'pocketsphinx', lite: true });
    expect(choose('llm', settings)).toMatchObject({ engine: 'scripted', lite: true });
    expect(choose('tts', settings)).toMatchObject({
      engine: 'espeak',
      lite: true,
      reason: 'no key and no server: eSpeak NG speaks',
    });
  });

  test('with a key takes OpenAI for every stage', () => {
    const settings = testSettings({ openai: { apiKey: 'sk-1' } });
    for (const stage of ['asr', 'llm', 'tts'] as const) {
      expect(choose(stage, settings)).toEqual({
        engine: 'openai',
        lite: false,
        reason: 'OPENAI_API_KEY is set',
        access: { apiKey: 'sk-1', baseUrl: undefined },
      });
    }
  });

  test('with a server and no key asks only the language model of it', () => {
    const settings = testSettings({ openai: { baseUrl: LOCAL } });
    expect(choose('llm', settings)).toMatchObject({
      engine: 'openai',
      reason: 'OPENAI_BASE_URL is set: localhost:11434',
      access: { baseUrl: LOCAL },
    });
    expect(choose('asr', settings)).toMatchObject({
      engine: 'pocketsphinx',
      reason: expect.stringContaining('no key'),
    });
    expect(choose('tts', settings)).toMatchObject({ engine: 'espeak' });
  });

  test('with a key for one stage takes OpenAI for that one', () => {
    const settings = testSettings({ tts: { apiKey: 'sk-tts' } });
    expect(choose('tts', settings)).toMatchObject({ engine: 'openai', access: { apiKey: 'sk-tts' } });
    expect(choose('asr', settings)).toMatchObject({ engine: 'pocketsphinx' });
  });

  test("with a stage's own server goes there, with its own key or none: the global key is not for it", () => {
    const settings = testSettings({
      openai: { apiKey: 'sk-1' },
      tts: { baseUrl: LOCAL },
      asr: { baseUrl: LOCAL, apiKey: 'sk-2' },
    });
    expect(choose('tts', settings)).toMatchObject({ engine: 'openai', access: { apiKey: undefined, baseUrl: LOCAL } });
    expect(choose('asr', settings)).toMatchObject({ engine: 'openai', access: { apiKey: 'sk-2', baseUrl: LOCAL } });
    expect(choose('llm', settings)).toMatchObject({ access: { apiKey: 'sk-1', baseUrl: undefined } });
  });

  test('never puts a key or a password into its reasons', () => {
    const settings = testSettings({
      openai: { apiKey: 'sk-1', baseUrl: 'https://user:hunter2@example.com/v1?token=t0ken' },
      llm: { baseUrl: 'https://user:hunter2@example.com/v1?token=t0ken' },
    });
    for (const stage of ['asr', 'llm', 'tts'] as const) {
      expect(choose(stage, settings).reason).not.toMatch(/sk-1|hunter2|t0ken/);
    }
  });
});

test('an engine that is named is taken, whatever is at hand', () => {
  const settings = testSettings({ openai: { apiKey: 'sk-1' }, tts: { engine: 'espeak' } });
  expect(choose('tts', settings)).toMatchObject({ engine: 'espeak', lite: true, reason: 'named in the settings' });
  expect(choose('llm', testSettings({ llm: { engine: 'openai' } }))).toMatchObject({ engine: 'openai', lite: false });
});
