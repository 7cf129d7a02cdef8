import { describe, expect, test } from '@jest/globals';
import type { EngineSettings, ServedStage } from '../contracts/index.ts';
import { testSettings } from '../testing/index.ts';
import { choose as chain, type Decision, titleOf } from './choose.ts';

const choose = (stage: ServedStage, settings: EngineSettings): Decision | undefined => chain(stage, settings)[0];
const names = (stage: ServedStage, settings: EngineSettings): string[] =>
  chain(stage, settings).map(({ name }) => name);

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
        name: 'openai',
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
      expect(choose(stage, settings)?.reason).not.toMatch(/sk-1|hunter2|t0ken/);
    }
  });
});

test('an engine that is named is taken, whatever is at hand', () => {
  const settings = testSettings({ openai: { apiKey: 'sk-1' }, tts: { engine: 'espeak' } });
  expect(choose('tts', settings)).toMatchObject({ engine: 'espeak', lite: true, reason: 'named in the settings' });
  expect(choose('llm', testSettings({ llm: { engine: 'openai' } }))).toMatchObject({ engine: 'openai', lite: false });
});

describe('what stands by', () => {
  test('where auto takes a server with a key: the lite engine, but no script in the place of a model', () => {
    const settings = testSettings({ openai: { apiKey: 'sk-1' } });
    expect(names('asr', settings)).toEqual(['openai', 'pocketsphinx']);
    expect(names('tts', settings)).toEqual(['openai', 'espeak']);
    expect(names('llm', settings)).toEqual(['openai']);
    expect(chain('tts', settings)[1]).toMatchObject({ lite: true, spare: true });
  });

  test('nothing for a server without a key, for the lite engines, and for an engine that is named', () => {
    expect(names('tts', testSettings({ tts: { baseUrl: LOCAL } }))).toEqual(['openai']);
    expect(names('tts', testSettings())).toEqual(['espeak']);
    expect(names('tts', testSettings({ openai: { apiKey: 'sk-1' }, tts: { engine: 'openai' } }))).toEqual(['openai']);
  });
});

describe('a list', () => {
  test('is taken in its order, with the access of the stage', () => {
    const settings = testSettings({ asr: { engine: ['openai', 'pocketsphinx'], apiKey: 'sk-asr' } });
    expect(chain('asr', settings)).toMatchObject([
      { name: 'openai', reason: 'named in the settings', access: { apiKey: 'sk-asr' } },
      { name: 'pocketsphinx', lite: true },
    ]);
    expect(chain('asr', settings)[1]?.spare).toBeUndefined();
  });

  test('may hold servers of their own, with their own key or none', () => {
    const settings = testSettings({
      openai: { apiKey: 'sk-1' },
      llm: {
        engine: [
          'openai',
          { engine: 'openai', baseUrl: LOCAL, model: 'llama3.2' },
          { engine: 'openai', baseUrl: 'https://llm.example/v1', apiKey: 'sk-2' },
          { engine: 'openai', model: 'gpt-4o' },
        ],
      },
    });
    expect(
      chain('llm', settings).map(({ name, access, model }) => [name, access.apiKey, access.baseUrl, model]),
    ).toEqual([
      ['openai', 'sk-1', undefined, undefined],
      ['openai@localhost:11434', undefined, LOCAL, 'llama3.2'],
      ['openai@llm.example', 'sk-2', 'https://llm.example/v1', undefined],
      ['openai#2', 'sk-1', undefined, 'gpt-4o'],
    ]);
    expect(chain('llm', settings).map(titleOf)).toEqual(['OpenAI', 'localhost:11434', 'llm.example', 'OpenAI']);
  });

  test('never shows what is secret in an address', () => {
    const baseUrl = 'https://user:hunter2@example.com/v1?token=t0ken';
    const settings = testSettings({ tts: { engine: [{ engine: 'openai', baseUrl, apiKey: 'sk-1' }] } });
    const [decision] = chain('tts', settings) as [Decision];
    expect(`${decision.name} ${titleOf(decision)} ${decision.reason}`).not.toMatch(/sk-1|hunter2|t0ken/);
  });
});
