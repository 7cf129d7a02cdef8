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

describe('a model that is installed on this machine', () => {
  const LOCAL_MODEL = '/home/ann/.cache/parley/models/some-model';

  test('is preferred over the lite engine where no key is set, which is made only if the model cannot be', () => {
    expect(chain('asr', testSettings(), LOCAL_MODEL)).toEqual([
      {
        engine: 'sherpa',
        name: 'sherpa',
        lite: false,
        reason: 'no key and no server: sherpa-onnx listens with a model that is installed',
        access: {},
        entry: { engine: 'sherpa', model: LOCAL_MODEL },
      },
      {
        engine: 'pocketsphinx',
        name: 'pocketsphinx',
        lite: true,
        reason: 'PocketSphinx listens, in English',
        access: {},
        instead: true,
      },
    ]);
    expect(chain('tts', testSettings({ openai: { baseUrl: LOCAL } }), LOCAL_MODEL)[0]).toMatchObject({
      engine: 'sherpa',
      reason: expect.stringMatching(/^the server has no key, .*: sherpa-onnx speaks with a model that is installed$/),
    });
  });

  test.each<[string, EngineSettings]>([
    ['a key', testSettings({ openai: { apiKey: 'sk-1' } })],
    ["the stage's own key", testSettings({ tts: { apiKey: 'sk-1' } })],
    ["the stage's own server", testSettings({ tts: { baseUrl: LOCAL } })],
    ['an engine that is named', testSettings({ tts: { engine: 'espeak' } })],
  ])('gives way to %s', (_, settings) => {
    expect(chain('tts', settings, LOCAL_MODEL).map(({ engine }) => engine)).not.toContain('sherpa');
  });

  test('is a language model of llama.cpp for the stage that answers, before the script', () => {
    const file = '/home/ann/.cache/parley/models/qwen/qwen.gguf';
    expect(chain('llm', testSettings(), file)).toMatchObject([
      {
        engine: 'local',
        lite: false,
        reason: 'no key and no server: llama.cpp answers with a model that is installed',
        entry: { engine: 'local', model: file },
      },
      { engine: 'scripted', lite: true, instead: true },
    ]);
    for (const openai of [{ apiKey: 'sk-1' }, { baseUrl: LOCAL }])
      expect(chain('llm', testSettings({ openai }), file)).toMatchObject([{ engine: 'openai' }]);
    expect(choose('llm', testSettings())).toMatchObject({ engine: 'scripted' });
  });

  test('that is set for a stage is taken there by auto, whatever key there is for all stages', () => {
    const settings = testSettings({ openai: { apiKey: 'sk-1' }, asr: { sherpa: { model: 'zipformer' } } });
    expect(choose('asr', settings)).toMatchObject({ engine: 'sherpa', reason: 'a model for asr is set' });
    expect(choose('tts', settings)).toMatchObject({ engine: 'openai' });
    const qwen = testSettings({ openai: { apiKey: 'sk-1' }, llm: { local: { model: 'qwen2.5-1.5b' } } });
    expect(choose('llm', qwen)).toMatchObject({ engine: 'local', reason: 'a model for llm is set' });
  });
});

describe('who gets which key and server', () => {
  type Row = [what: string, stage: ServedStage, parts: Parameters<typeof testSettings>[0], shares: string[]];
  /** `engine key server model`, with a dash for nothing. */
  const shown = ({ engine, access, model }: Decision): string =>
    [engine, access.apiKey ?? '-', access.baseUrl ?? '-', model ?? '-'].join(' ');
  const openai = { apiKey: 'sk-openai', baseUrl: 'http://openai' };

  test.each<Row>([
    ['Google: nothing of OpenAI', 'tts', { tts: { engine: 'google' } }, ['google - - -']],
    [
      'Google: what is set for its stage',
      'tts',
      { tts: { engine: 'google', apiKey: 'AIza', baseUrl: 'http://eu', model: 'gemini' } },
      ['google AIza http://eu gemini'],
    ],
    ['Edge: no server of OpenAI', 'tts', { tts: { engine: 'edge' } }, ['edge - - -']],
    ['Edge: no key at all', 'tts', { tts: { engine: 'edge', apiKey: 'k', baseUrl: 'http://edge' } }, ['edge - - -']],
    ['Coqui: its server', 'tts', { tts: { engine: 'coqui', baseUrl: 'http://coqui' } }, ['coqui - http://coqui -']],
    ['FunASR: nothing of OpenAI', 'asr', { asr: { engine: 'funasr' } }, ['funasr - - -']],
    [
      'FunASR: its server and the key of the proxy before it',
      'asr',
      { asr: { engine: 'funasr', apiKey: 'k', baseUrl: 'wss://asr', model: 'ignored' } },
      ['funasr k wss://asr -'],
    ],
    [
      'OpenAI Realtime: what OpenAI has',
      'asr',
      { asr: { engine: 'openai-realtime' } },
      ['openai-realtime sk-openai http://openai -'],
    ],
    ['DeepSeek: nothing of OpenAI', 'llm', { llm: { engine: 'deepseek' } }, ['deepseek - - -']],
    [
      'DeepSeek: what is set for its stage',
      'llm',
      { llm: { engine: 'deepseek', apiKey: 'k', model: 'm' } },
      ['deepseek k - m'],
    ],
    ['Ollama: nothing of OpenAI', 'llm', { llm: { engine: 'ollama' } }, ['ollama - - -']],
    [
      'programs of this machine: nothing',
      'asr',
      { asr: { engine: ['sherpa', 'pocketsphinx'], apiKey: 'k' } },
      ['sherpa - - -', 'pocketsphinx - - -'],
    ],
    [
      'a key for a stage is for the first vendor of its list',
      'tts',
      { tts: { engine: ['openai', 'google', 'espeak'], apiKey: 'sk-tts', model: 'tts-1' } },
      ['openai sk-tts http://openai tts-1', 'google - - -', 'espeak - - -'],
    ],
    [
      'and the other way round',
      'tts',
      { tts: { engine: ['google', 'openai'], apiKey: 'AIza', model: 'gemini' } },
      ['google AIza - gemini', 'openai sk-openai http://openai -'],
    ],
    [
      'passing over those that take none',
      'tts',
      { tts: { engine: ['edge', 'openai'], apiKey: 'sk-tts', model: 'tts-1' } },
      ['edge - - -', 'openai sk-tts http://openai tts-1'],
    ],
    [
      'a server alone is for the first that takes one, a model for the first that takes one',
      'asr',
      { asr: { engine: ['funasr', 'openai'], baseUrl: 'wss://asr', model: 'whisper-1' } },
      ['funasr - wss://asr -', 'openai sk-openai http://openai whisper-1'],
    ],
    [
      'key and server stay together',
      'asr',
      { asr: { engine: ['openai', 'funasr'], apiKey: 'k', baseUrl: 'http://whisper' } },
      ['openai k http://whisper -', 'funasr - - -'],
    ],
    [
      'engines of one vendor share them',
      'asr',
      { asr: { engine: ['openai-realtime', 'openai'], apiKey: 'k' } },
      ['openai-realtime k http://openai -', 'openai k http://openai -'],
    ],
    [
      'entries have their own',
      'llm',
      {
        llm: {
          engine: ['deepseek', { engine: 'openrouter', apiKey: 'or', model: 'a/b' }, 'openai'],
          apiKey: 'ds',
          model: 'm',
        },
      },
      ['deepseek ds - m', 'openrouter or - a/b', 'openai sk-openai http://openai -'],
    ],
    [
      'an entry with a server of its own is not meant by those of the stage',
      'asr',
      { asr: { engine: [{ engine: 'funasr', baseUrl: 'wss://own' }, 'openai'], baseUrl: 'http://whisper' } },
      ['funasr - wss://own -', 'openai - http://whisper -'],
    ],
  ])('%s', (_, stage, parts, shares) => {
    expect(chain(stage, testSettings({ openai, ...parts })).map(shown)).toEqual(shares);
  });
});

test('every engine has a name for people', () => {
  const settings = testSettings({
    asr: { engine: ['openai-realtime', 'funasr', 'sherpa'] },
    llm: { engine: ['ollama', 'llama.cpp', 'vllm', 'deepseek', 'qwen', 'openrouter'] },
    tts: { engine: ['google', 'edge', 'coqui', 'sherpa', { engine: 'sherpa', model: 'other' }] },
  });
  const titles = (['asr', 'llm', 'tts'] as const).map((stage) => chain(stage, settings).map(titleOf).join(', '));
  expect(titles).toEqual([
    'OpenAI Realtime, FunASR, sherpa-onnx',
    'Ollama, llama.cpp, vLLM, DeepSeek, Qwen, OpenRouter',
    'Google Cloud, Edge-TTS, Coqui, sherpa-onnx, sherpa-onnx',
  ]);
  expect(names('tts', settings).slice(-2)).toEqual(['sherpa', 'sherpa#2']);
});
