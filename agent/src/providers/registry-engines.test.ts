// Engines as the settings name them, against their protocols' doubles and real local models: what reaches whom.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EngineFallback, PcmFrame } from '../contracts/index.ts';
import {
  all,
  failureOf,
  framesOf,
  HUM_VOICE,
  hasSherpa,
  OpenAiServer,
  TINY_ASR,
  testSettings,
  tinyClip,
  writeTinyLlm,
} from '../testing/index.ts';
import { FunAsrServer } from './asr/testing/funasr-server.ts';
import { RealtimeServer } from './asr/testing/realtime-server.ts';
import { type Engines, loadEngines } from './registry.ts';
import { CoquiServer } from './tts/coqui/testing/coqui-server.ts';
import { EdgeServer } from './tts/edge/testing/edge-server.ts';
import { GoogleServer } from './tts/google/testing/google-server.ts';
import { textOf } from './tts/testing/scripted-speech.ts';

jest.setTimeout(60_000); // real processes on a machine that may be busy
const never = new AbortController().signal;
const withSherpa = hasSherpa() ? test : test.skip;
const COMMANDS = 'start play next seven two stop';
const NOBODY = 'http://127.0.0.1:9';
/** What must reach nobody but OpenAI. */
const openai = { apiKey: 'sk-openai', baseUrl: `${NOBODY}/v1` };

const opened: { close(): Promise<void> }[] = [];
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'parley-engines-'));
});
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  rmSync(cache, { recursive: true });
});

async function opening<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  opened.push(started);
  return started;
}

interface Loaded extends Engines {
  readonly said: string[];
  readonly fallbacks: EngineFallback[];
}

/** Stages that are not named are served without anything being asked. */
async function load(parts: Parameters<typeof testSettings>[0]): Promise<Loaded> {
  const said: string[] = [];
  const fallbacks: EngineFallback[] = [];
  const quiet = {
    asr: { engine: 'openai' },
    llm: { engine: 'scripted' },
    tts: { engine: 'openai' },
  } as const;
  const engines = await loadEngines(testSettings({ openai, ...quiet, ...parts }), {
    env: { XDG_CACHE_HOME: cache },
    signal: never,
    log: (_, message) => said.push(message),
    onFallback: (fallback) => fallbacks.push(fallback),
  });
  opened.push(engines);
  return { ...engines, said, fallbacks };
}

async function* stream(frames: readonly PcmFrame[]): AsyncGenerator<PcmFrame> {
  yield* frames;
}

const hear = async ({ asr }: Engines): Promise<string | undefined> =>
  (
    await all(asr.transcribe(stream(framesOf(tinyClip('start-play-next-seven-two-stop').samples)), { signal: never }))
  ).at(-1)?.text;
const speak = async ({ tts }: Engines, text = textOf(440)): Promise<number> =>
  (await all(tts.speak(text, { signal: never }))).reduce(
    (ms, chunk) => ms + (chunk.kind === 'audio' ? (chunk.samples.length * 1000) / tts.rate : 0),
    0,
  );
const answer = ({ llm }: Engines): Promise<unknown> =>
  all(llm.reply([{ role: 'user', content: 'Hi' }], { signal: never }));
const install = (from: string, name: string): void =>
  cpSync(from, join(cache, 'parley', 'models', name), { recursive: true });
const reasons = ({ choices }: Engines): string[] => choices.map(({ reason }) => reason);

describe('a recogniser that is named', () => {
  test('FunASR hears at its own server, and is shown no key of OpenAI', async () => {
    const server = await FunAsrServer.start();
    opened.push(server);
    const engines = await load({ asr: { engine: 'funasr', baseUrl: server.sockets.url, funasr: { mode: 'offline' } } });
    expect(await hear(engines)).toBe('these are the words');
    const [connection] = server.sockets.connections;
    expect(connection?.headers.authorization).toBeUndefined();
    expect(JSON.parse(String(connection?.received[0]))).toMatchObject({ mode: 'offline' });
  });

  test('OpenAI Realtime is shown the key of OpenAI, and asked for a model that writes while it listens', async () => {
    const server = await RealtimeServer.start();
    opened.push(server);
    const engines = await load({
      openai: { apiKey: 'sk-openai', baseUrl: server.url },
      asr: { engine: 'openai-realtime' },
    });
    expect(await hear(engines)).toBe('these are the words');
    expect(server.sockets.connections[0]?.headers.authorization).toBe('Bearer sk-openai');
    expect(server.sessions[0]?.model).toBe('gpt-live-transcribe');
  });

  test('OpenAI Realtime may be reached at a ws:// address, with the model that is named', async () => {
    const server = await RealtimeServer.start();
    opened.push(server);
    const baseUrl = server.url.replace('http:', 'ws:');
    const engines = await load({ asr: { engine: 'openai-realtime', baseUrl, model: 'gpt-4o-transcribe' } });
    expect(await hear(engines)).toBe('these are the words');
    expect(server.sockets.connections[0]?.headers.authorization).toBeUndefined();
    expect(server.sessions[0]?.model).toBe('gpt-4o-transcribe');
  });

  withSherpa('sherpa hears with the model of a folder', async () => {
    const engines = await load({ asr: { engine: 'sherpa', sherpa: { model: TINY_ASR, threads: 1 } } });
    expect(engines.choices[0]).toEqual({
      stage: 'asr',
      engine: 'sherpa',
      lite: false,
      reason: 'named in the settings; tiny-asr (streaming-nemo-ctc)',
    });
    expect(await hear(engines)).toBe(COMMANDS);
  });

  withSherpa('sherpa hears with a model of the cache by its name, of the kind that is asked for', async () => {
    install(TINY_ASR, 'small-words');
    const engines = await load({ asr: { engine: 'sherpa', sherpa: { model: 'small-words', kind: 'zipformer-ctc' } } });
    expect(reasons(engines)[0]).toBe('named in the settings; small-words (zipformer-ctc)');
    expect(await hear(engines)).toBe(COMMANDS);
  });

  withSherpa('sherpa without a name hears with what is installed', async () => {
    install(HUM_VOICE, 'a-voice');
    install(TINY_ASR, 'b-words');
    expect(reasons(await load({ asr: { engine: 'sherpa' } }))[0]).toMatch(/; b-words \(/);
  });
});

describe('a voice that is named', () => {
  test('Google is given its own key, and no server and no model of OpenAI', async () => {
    const server = await opening(GoogleServer.start());
    const engines = await load({ tts: { engine: 'google', apiKey: 'AIza-1', baseUrl: server.url } });
    expect(await speak(engines)).toBeCloseTo(600, -1);
    expect(server.asked[0]?.details.metadata).toMatchObject({ 'x-goog-api-key': 'AIza-1' });
    expect(JSON.stringify(server.asked[0]?.details)).not.toMatch(/sk-openai|gpt-/);
  });

  test('Edge says what it is, and is told no key', async () => {
    const server = await opening(EdgeServer.start());
    const engines = await load({ tts: { engine: 'edge', baseUrl: server.url } });
    expect(reasons(engines)[2]).toBe('named in the settings; a Microsoft service that is not offered as a public API');
    expect(await speak(engines)).toBeGreaterThan(500);
    expect(JSON.stringify(server.asked[0]?.details)).not.toContain('sk-openai');
  });

  test('Coqui is looked at when the server starts', async () => {
    const server = await opening(CoquiServer.start({ kind: 'xtts-streaming-server' }));
    const engines = await load({ tts: { engine: 'coqui', baseUrl: server.url } });
    expect(server.paths).toContain('/studio_speakers');
    expect(await speak(engines)).toBeCloseTo(600, -1);
    expect(engines.said).toEqual([]);
  });

  test('Coqui may come up later: a warning says so', async () => {
    const gone = await CoquiServer.start({ kind: 'tts-server' });
    await gone.close();
    const engines = await load({ tts: { engine: 'coqui', baseUrl: gone.url } });
    expect(reasons(engines)[2]).toBe('named in the settings');
    expect(engines.said).toEqual(['the Coqui server is not available: ECONNREFUSED; it is asked again with each text']);
  });

  withSherpa('sherpa speaks with the model of a folder', async () => {
    const engines = await load({ tts: { engine: 'sherpa', sherpa: { model: HUM_VOICE } } });
    expect(reasons(engines)[2]).toBe('named in the settings; hum-voice (vits)');
    expect(await speak(engines, 'one two.')).toBeCloseTo(8 * 80, -1);
  });
});

describe('a language model server that is known by name', () => {
  test('is shown its own key, and asked for its first model where it runs on this machine', async () => {
    const server = await opening(OpenAiServer.start({ models: ['llama3.2:latest'] }));
    const engines = await load({ llm: { engine: 'ollama', baseUrl: server.url } });
    await answer(engines);
    expect(server.to('chat/completions')).toMatchObject([{ key: 'none', body: { model: 'llama3.2:latest' } }]);
  });

  test('is asked for the model that is named, with the key that is set for the stage', async () => {
    const server = await opening(OpenAiServer.start());
    const engines = await load({ llm: { engine: 'deepseek', apiKey: 'ds-1', model: 'm', baseUrl: server.url } });
    await answer(engines);
    expect(server.requests).toMatchObject([{ path: 'chat/completions', key: 'ds-1', body: { model: 'm' } }]);
  });
});

describe('lists of several vendors', () => {
  test('OpenAI helps out where FunASR is down, each with what is its own', async () => {
    const funasr = await FunAsrServer.start();
    opened.push(funasr);
    funasr.trouble = 'rate-limit';
    const server = await opening(OpenAiServer.start({ transcribe: () => ({ text: 'by upload' }) }));
    const engines = await load({
      openai: { apiKey: 'sk-openai', baseUrl: server.url },
      asr: { engine: ['funasr', 'openai'], baseUrl: funasr.sockets.url },
    });
    expect(await hear(engines)).toBe('by upload');
    expect(engines.fallbacks).toMatchObject([{ stage: 'asr', from: 'funasr', to: 'openai', reason: 'rate-limited' }]);
    expect(server.to('audio/transcriptions')).toMatchObject([
      { key: 'sk-openai', body: { model: 'gpt-4o-mini-transcribe' } },
    ]);
  });

  withSherpa('sherpa helps out where Edge refuses', async () => {
    const server = await opening(EdgeServer.start());
    server.script = { kind: 'refuse', as: 'auth' };
    const engines = await load({
      tts: {
        engine: [
          { engine: 'edge', baseUrl: server.url },
          { engine: 'sherpa', model: HUM_VOICE },
        ],
      },
    });
    expect(reasons(engines)[2]).toMatch(/; then sherpa-onnx$/);
    expect(await speak(engines, 'one two.')).toBeCloseTo(8 * 80, -1);
    expect(engines.fallbacks).toMatchObject([{ stage: 'tts', to: 'sherpa', reason: 'auth' }]);
  });
});

describe('auto', () => {
  withSherpa('takes an installed model over the lite engine, and says so', async () => {
    install(TINY_ASR, 'words');
    const engines = await load({ openai: {}, asr: { engine: 'auto' } });
    expect(engines.choices[0]).toMatchObject({
      engine: 'sherpa',
      lite: false,
      reason: 'no key and no server: sherpa-onnx listens with a model that is installed; words (streaming-nemo-ctc)',
    });
    expect(await hear(engines)).toBe(COMMANDS);
  });

  withSherpa('falls back to the lite engine where the model is broken', async () => {
    install(TINY_ASR, 'words');
    const folder = join(cache, 'parley', 'models', 'words');
    writeFileSync(join(folder, 'tokens.txt'), 'nothing of use\n');
    const engines = await load({ openai: {}, asr: { engine: 'auto' } });
    expect(engines.said[0]).toMatch(/sherpa/);
    // Which is not built for this test; it is what was tried next.
    expect(engines.said[1]).toMatch(/^PocketSphinx is not built/);
  });

  test('takes a language model that somebody put into the cache, with its place in a list and without', async () => {
    const said = async (engines: Loaded): Promise<string> =>
      (await all(engines.llm.reply([{ role: 'user', content: 'Hi.' }], { signal: never })))
        .map((chunk) => (chunk.kind === 'text' ? chunk.delta : ''))
        .join('');
    const folder = join(cache, 'parley', 'models', 'somebodys');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'tiny.gguf');
    writeTinyLlm(file, ['I', ' am', ' tiny', '.']);
    const engines = await load({ openai: {}, llm: { engine: 'auto' } });
    expect(engines.choices[1]).toMatchObject({
      engine: 'local',
      lite: false,
      reason: 'no key and no server: llama.cpp answers with a model that is installed; tiny.gguf',
    });
    expect(await said(engines)).toBe('I am tiny.');
    const named = await load({ llm: { engine: [{ engine: 'local', model: 'somebodys', threads: 1 }, 'scripted'] } });
    expect(named.choices[1]?.reason).toBe('named in the settings; tiny.gguf; then a small script');
    expect(await said(named)).toBe('I am tiny.');
  });

  test('has the script answer where the language model is broken', async () => {
    const folder = join(cache, 'parley', 'models', 'somebodys');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'broken.gguf'), 'GGUF, it says');
    const engines = await load({ openai: {}, llm: { engine: 'auto' } });
    expect(engines.choices[1]).toMatchObject({ engine: 'scripted', lite: true });
    expect(engines.choices[1]?.reason).toMatch(/not available: llama\.cpp on this machine/);
  });

  test('takes no model of another stage, nor what is not whole', async () => {
    install(HUM_VOICE, 'voice');
    mkdirSync(join(cache, 'parley', 'models', 'smart-turn'), { recursive: true });
    const engines = await load({ openai: {}, asr: { engine: 'auto' } });
    expect(engines.choices[0]?.engine).toBe('pocketsphinx');
  });
});

describe('an engine that cannot be made says at each call how to get it', () => {
  type Parts = Parameters<typeof testSettings>[0];
  test.each<[string, 'asr' | 'llm' | 'tts', Parts, RegExp]>([
    ['FunASR without an address', 'asr', { asr: { engine: 'funasr' } }, /set PARLEY_ENGINES_ASR_BASE_URL/],
    [
      'FunASR with certificates that are not there',
      'asr',
      { asr: { engine: 'funasr', baseUrl: 'wss://localhost:1', funasr: { ca: '/nowhere/ca.pem' } } },
      /the certificates in \/nowhere\/ca\.pem cannot be read/,
    ],
    [
      'uploads to a WebSocket',
      'asr',
      { asr: { engine: 'auto', baseUrl: 'wss://localhost:1' } },
      /name funasr or openai-realtime for a wss:\/\/ address/,
    ],
    ['sherpa without a model', 'asr', { asr: { engine: 'sherpa' } }, /npm run models shows which can be had/],
    [
      'sherpa with a model that nobody knows',
      'tts',
      { tts: { engine: 'sherpa', sherpa: { model: 'kokoro-9' } } },
      /there is no model "kokoro-9" in .*npm run models.*\.\/kokoro-9/,
    ],
    [
      'sherpa with a model that is not downloaded',
      'asr',
      { asr: { engine: 'sherpa', sherpa: { model: 'zipformer-en' } } },
      /is not installed: npm run models -- zipformer-en$/,
    ],
    [
      'sherpa with a folder that is not there',
      'tts',
      { tts: { engine: 'sherpa', sherpa: { model: '/nowhere/voice' } } },
      /no sherpa-onnx model for tts in \/nowhere\/voice/,
    ],
    [
      'llama.cpp without a model',
      'llm',
      { llm: { engine: 'local' } },
      /npm run models shows .*_LLM_LOCAL_MODEL to a GGUF/,
    ],
    [
      'llama.cpp with a model that is not downloaded',
      'llm',
      { llm: { engine: 'local', local: { model: 'qwen2.5-1.5b' } } },
      /is not installed: npm run models -- qwen2\.5-1\.5b$/,
    ],
    [
      'llama.cpp with a file that is not there',
      'llm',
      { llm: { engine: 'local', local: { model: '/nowhere/m.gguf' } } },
      /there is no file \/nowhere\/m\.gguf/,
    ],
    ['Coqui without an address', 'tts', { tts: { engine: 'coqui' } }, /set PARLEY_ENGINES_TTS_BASE_URL/],
    [
      'DeepSeek without a key, though OpenAI has one',
      'llm',
      { llm: { engine: 'deepseek', model: 'm' } },
      /^DeepSeek wants a key: set PARLEY_ENGINES_LLM_API_KEY/,
    ],
    [
      'OpenRouter without a model',
      'llm',
      { llm: { engine: 'openrouter', apiKey: 'or-1' } },
      /^no model of OpenRouter is named: set PARLEY_ENGINES_LLM_MODEL; https:\/\/openrouter\.ai\/models$/,
    ],
  ])('%s', async (_, stage, parts, fix) => {
    const engines = await load(parts);
    const choice = engines.choices.find((each) => each.stage === stage);
    expect(choice?.reason).toMatch(/^not available: /);
    const call = { asr: hear, llm: answer, tts: speak }[stage];
    expect(await failureOf(call(engines))).toMatchObject({
      stage,
      reason: 'unavailable',
      message: expect.stringMatching(fix),
    });
    expect(engines.said.join()).not.toMatch(/sk-openai|or-1/);
  });

  test('Google without credentials', async () => {
    const before = process.env.GOOGLE_APPLICATION_CREDENTIALS;
    process.env.GOOGLE_APPLICATION_CREDENTIALS = '/nowhere/key.json';
    try {
      const engines = await load({ tts: { engine: 'google' } });
      expect(reasons(engines)[2]).toMatch(
        /^not available: Google Cloud has no usable credentials: set GOOGLE_APPLICATION_CREDENTIALS .* or PARLEY_ENGINES_TTS_API_KEY/,
      );
    } finally {
      if (before === undefined) delete process.env.GOOGLE_APPLICATION_CREDENTIALS;
      else process.env.GOOGLE_APPLICATION_CREDENTIALS = before;
    }
  });
});
