import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Config, ConfigError, configSchema, loadConfig } from './index.ts';
import { configKeys } from './keys.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-config-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const put = (name: string, text: string): void => writeFileSync(join(directory, name), text);
const load = (env: NodeJS.ProcessEnv = {}): Config => loadConfig({ directory, env });

function problemsOf(env: NodeJS.ProcessEnv = {}): ConfigError {
  try {
    load(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
  }
  throw new Error('the configuration was taken');
}

test('nothing at all gives the defaults', () => {
  expect(load()).toEqual(configSchema.parse({}));
  expect(load().server).toMatchObject({ host: '127.0.0.1', port: 8000 });
  expect(load().media.port).toBe(44_444);
});

test('the environment wins over .env, which wins over the file, which wins over the defaults', () => {
  put('config.yaml', 'server:\n  port: 1001\nmedia:\n  port: 1002\nlimits:\n  rooms: 3\n');
  put('.env', 'PORT=2001\nPARLEY_MEDIA_PORT=2002\n');
  const { server, media, limits, agent } = load({ PORT: '3001' });
  expect([server.port, media.port, limits.rooms, agent.contextTokens]).toEqual([3001, 2002, 3, 4000]);
});

test('the variable of the real environment wins over another name of the key in .env', () => {
  put('.env', 'PARLEY_SERVER_PORT=2001\n');
  expect(load({ PORT: '3001' }).server.port).toBe(3001);
});

test('every key has a variable of its own', () => {
  const names = configKeys.flatMap(({ variables }) => variables);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('PARLEY_ENGINES_ASR_TIMEOUT_MS');
  expect(names).toContain('PARLEY_MEDIA_ANNOUNCED_ADDRESS');
});

test.each(configKeys.map((key) => [key.path.join('.'), key] as const))('%s says what it does', (_, key) => {
  expect(key.description).toMatch(/^\S.*\.$/);
  expect(key.allowed).not.toBe('');
});

test('short variables reach their keys', () => {
  const env = {
    HOST: '0.0.0.0',
    PORT: '81',
    DEBUG: '1',
    OPENAI_API_KEY: 'sk-secret',
    OPENAI_BASE_URL: 'http://localhost:11434/v1',
    ANNOUNCED_ADDRESS: 'voice.example.com',
  };
  expect(load(env)).toMatchObject({
    server: { host: '0.0.0.0', port: 81 },
    log: { level: 'debug' },
    engines: { openai: { apiKey: 'sk-secret', baseUrl: 'http://localhost:11434/v1' } },
    media: { announcedAddress: 'voice.example.com' },
  });
});

test.each([['0'], ['false'], ['off'], ['']])('DEBUG=%s does not mean debug', (DEBUG) => {
  expect(load({ DEBUG }).log.level).toBe('info');
});

test('text of a variable becomes what the key wants', () => {
  const env = {
    PARLEY_MEDIA_WORKERS: 'auto',
    PARLEY_SERVER_TRUST_PROXY: 'yes',
    PARLEY_SERVER_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
    PARLEY_AGENT_SPEED: '1.5',
    PARLEY_AGENT_VOICE: '7',
    PARLEY_AGENT_GREETING: 'Hi, there',
  };
  expect(load(env)).toMatchObject({
    media: { workers: 'auto' },
    server: { trustProxy: true, allowedOrigins: ['https://a.example', 'https://b.example'] },
    agent: { speed: 1.5, voice: '7', greeting: 'Hi, there' },
  });
  expect(load({ PARLEY_MEDIA_WORKERS: '4' }).media.workers).toBe(4);
});

test('an engine is one, the best at hand, or a list in which servers may have an access of their own', () => {
  const entry = { engine: 'openai', baseUrl: 'http://localhost:11434/v1', model: 'llama3.2' };
  put('config.yaml', `engines: { llm: { engine: [openai, ${JSON.stringify(entry)}] }, tts: { engine: espeak } }`);
  const { engines } = load({ PARLEY_ENGINES_ASR_ENGINE: 'openai, pocketsphinx' });
  expect(engines.asr.engine).toEqual(['openai', 'pocketsphinx']);
  expect(engines.llm.engine).toEqual(['openai', entry]);
  expect(engines.tts.engine).toBe('espeak');
  expect(load({ PARLEY_ENGINES_ASR_ENGINE: 'pocketsphinx' }).engines.asr.engine).toBe('pocketsphinx');
  expect(() => load({ PARLEY_ENGINES_ASR_ENGINE: 'auto,pocketsphinx' })).toThrow('engines.asr.engine');
  expect(() => load({ PARLEY_ENGINES_ASR_ENGINE: 'openai,espeak' })).toThrow('engines.asr.engine');
});

test('local models, servers and vendors are named with what belongs to each', () => {
  put(
    'config.yaml',
    `engines:
  asr: { engine: [{ engine: sherpa, model: /models/a, kind: whisper, threads: 2 }, { engine: funasr, baseUrl: "wss://asr:1", mode: online, anyCertificate: true }] }
  llm: { engine: [deepseek, llama.cpp] }
  tts: { engine: [google, { engine: edge, voice: en-GB-RyanNeural }] }
`,
  );
  const { asr, llm, tts } = load({
    PARLEY_ENGINES_TTS_SHERPA_MODEL: 'kokoro',
    PARLEY_ENGINES_ASR_BASE_URL: 'wss://localhost:10095',
    PARLEY_ENGINES_ASR_FUNASR_ANY_CERTIFICATE: 'yes',
  }).engines;
  expect(asr.engine).toMatchObject([
    { kind: 'whisper', threads: 2 },
    { mode: 'online', anyCertificate: true },
  ]);
  expect(asr).toMatchObject({ baseUrl: 'wss://localhost:10095', funasr: { mode: '2pass', anyCertificate: true } });
  expect(llm.engine).toEqual(['deepseek', 'llama.cpp']);
  expect(tts).toMatchObject({ engine: ['google', { voice: 'en-GB-RyanNeural' }], sherpa: { model: 'kokoro' } });
  expect(() => load({ PARLEY_ENGINES_TTS_SHERPA_KIND: 'whisper' })).toThrow('engines.tts.sherpa.kind');
  expect(() => load({ PARLEY_ENGINES_TTS_BASE_URL: 'wss://localhost:1' })).toThrow('engines.tts.baseUrl');
});

test('empty variables and empty keys count as absent', () => {
  put('config.yaml', 'server:\nmedia:\n  port:\nagent: {}\n');
  expect(load({ PORT: '', OPENAI_API_KEY: '' })).toEqual(configSchema.parse({}));
});

test('PARLEY_CONFIG names another file, which must be there', () => {
  put('other.yaml', 'limits: { rooms: 7 }');
  expect(load({ PARLEY_CONFIG: 'other.yaml' }).limits.rooms).toBe(7);
  expect(problemsOf({ PARLEY_CONFIG: 'gone.yaml' }).message).toMatch(/PARLEY_CONFIG .*\n.*gone\.yaml/);
});

describe('what is wrong is said', () => {
  test('with the key, file and line, what was given and what is allowed', () => {
    put('config.yaml', 'server:\n  host: localhost\n  port: eighty\n');
    expect(problemsOf().problems).toEqual([
      {
        key: 'server.port',
        origin: 'config.yaml:3',
        problem: { kind: 'wrong-value', given: '"eighty"', allowed: 'a whole number from 0 to 65535' },
      },
    ]);
  });

  test('with the variable that it came from', () => {
    put('.env', '\nPARLEY_MEDIA_WORKERS=none\n');
    const { problems } = problemsOf({ PORT: '70000' });
    expect(problems.map(({ key, origin }) => [key, origin])).toEqual([
      ['server.port', 'environment variable PORT'],
      ['media.workers', '.env:2, PARLEY_MEDIA_WORKERS'],
    ]);
  });

  test('all at once', () => {
    put('config.yaml', 'server: { port: -1 }\nagent: { emotion: grumpy }\nlimits: { rooms: many }\nlogs: {}\n');
    const { problems, message } = problemsOf({ PORT: '70000' });
    expect(problems).toHaveLength(4);
    for (const { key } of problems) expect(message).toContain(key);
  });

  test('for unknown keys, with what was probably meant', () => {
    put('config.yaml', 'server:\n  prot: 1\nmedai: {}\nlimits:\n  endpointingMs: 3\nagent:\n  nonsense: 1\n');
    const meant = problemsOf({ PARLEY_MEDIA_PROT: '1' }).problems.map(({ key, problem }) => [
      key,
      problem.kind === 'unknown' && problem.meant,
    ]);
    expect(meant).toEqual([
      ['PARLEY_MEDIA_PROT', 'PARLEY_MEDIA_PORT'],
      ['server.prot', 'server.port'],
      ['agent.nonsense', undefined],
      ['limits.endpointingMs', 'agent.endpointingMs'],
      ['medai', 'media'],
    ]);
  });

  test('for variables of other programs it is not', () => {
    expect(() => load({ PARLEY_HOME: '/x', PARLEYS: '1', PORTS: '2' })).not.toThrow();
  });

  test('for a section that is none, and a value inside a list', () => {
    put('config.yaml', 'server: 8000\nmedia:\n  listen: [everywhere]\n');
    const { problems } = problemsOf({ PORT: '1' });
    expect(problems.map(({ key }) => key)).toEqual(['server', 'media.listen']);
  });

  test.each([
    ['broken YAML', 'server: { port: 1'],
    ['a list', '- a\n- b'],
    ['a word', 'hello'],
  ])('for %s', (_, text) => {
    put('config.yaml', text);
    expect(problemsOf().problems[0]).toMatchObject({ key: 'config.yaml', problem: { kind: 'unreadable' } });
  });

  test('without ever printing a secret', () => {
    put('config.yaml', 'engines:\n  openai:\n    apiKey: [sk-in-file]\n  asr: { apikey: sk-misspelt }\n');
    expect(problemsOf({ PARLEY_ENGINES_LLM_API_KEYS: 'sk-in-variable' }).message).not.toContain('sk-');
    put('config.yaml', 'engines: { tts: { engine: [{ engine: openai, apiKey: sk-in-list, modle: x }] } }');
    expect(problemsOf().message).toContain('engines.tts.engine');
    expect(problemsOf().message).not.toContain('sk-');
    put('config.yaml', 'engines:\n  openai: { apiKey: "sk-in-broken-file }\n');
    expect(problemsOf().message).not.toContain('sk-');
  });
});
