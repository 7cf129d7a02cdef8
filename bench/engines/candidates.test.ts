import { describe, expect, test } from '@jest/globals';
import { ASR_ENGINES, TTS_ENGINES } from '@parley/agent';
import { testSettings } from '@parley/agent/testing';
import { type Candidate, candidates, type Env, figureName } from './candidates.ts';

type Parts = NonNullable<Parameters<typeof testSettings>[0]>;

const recognisers = (parts: Parts = {}, env: Env = {}): Candidate[] =>
  candidates('asr', testSettings(parts), ASR_ENGINES, env);
const voices = (parts: Parts = {}, env: Env = {}): Candidate[] =>
  candidates('tts', testSettings(parts), TTS_ENGINES, env);
const of = (all: readonly Candidate[], engine: string): Candidate | undefined =>
  all.find(({ decision }) => decision.engine === engine);

const openai = { apiKey: 'k' };
const server = 'http://localhost:8001/v1';

describe('engines to measure', () => {
  test('are all of a stage, each once', () => {
    expect(recognisers().map(({ decision }) => decision.engine)).toEqual(ASR_ENGINES);
    expect(voices({ tts: { engine: 'edge' } }).map(({ name }) => name)).toHaveLength(TTS_ENGINES.length);
  });

  test('leave out OpenAI without a key', () => {
    expect(of(recognisers(), 'openai')?.leftOut).toMatch(/OPENAI_API_KEY/);
    expect(of(recognisers({ openai }), 'openai')?.leftOut).toBeUndefined();
    expect(of(voices({ openai: { baseUrl: server } }), 'openai')?.leftOut).toMatch(/OPENAI_API_KEY/);
  });

  test("take a stage's own server for OpenAI's API, as the product does, without the key for all", () => {
    const { decision, leftOut } = of(recognisers({ openai, asr: { baseUrl: server } }), 'openai') as Candidate;
    expect(leftOut).toBeUndefined();
    expect(decision.access).toEqual({ baseUrl: server });
  });

  test('keep a server from the engines that it is not meant for', () => {
    const all = recognisers({ openai, asr: { engine: 'funasr', baseUrl: 'ws://localhost:10095' } });
    expect(of(all, 'funasr')?.decision.access.baseUrl).toBe('ws://localhost:10095');
    expect(of(all, 'openai')?.decision.access).toEqual({ apiKey: 'k' });
  });

  test('ask a server that is like OpenAI for Realtime only where it is named', () => {
    const compatible = { openai: { ...openai, baseUrl: server } };
    expect(of(recognisers({ openai }), 'openai-realtime')?.leftOut).toBeUndefined();
    expect(of(recognisers(compatible), 'openai-realtime')?.leftOut).toMatch(/named/);
    expect(of(recognisers({ ...compatible, asr: { engine: 'openai-realtime' } }), 'openai-realtime')?.leftOut).toBe(
      undefined,
    );
  });

  test('send texts to Edge only where it is named, to Google only with an account', () => {
    expect(of(voices(), 'edge')?.leftOut).toMatch(/named/);
    expect(of(voices({ tts: { engine: ['edge'] } }), 'edge')?.leftOut).toBeUndefined();
    expect(of(voices(), 'google')?.leftOut).toMatch(/GOOGLE/);
    expect(of(voices({}, { GOOGLE_APPLICATION_CREDENTIALS: '/key.json' }), 'google')?.leftOut).toBeUndefined();
  });

  test('that hear and speak have figures of two names', () => {
    expect(figureName('asr', 'openai')).toBe('openai');
    expect(figureName('tts', 'openai')).toBe('openai_tts');
    expect(figureName('asr', 'openai-realtime')).toBe('openai_realtime');
    expect(figureName('tts', 'sherpa@kokoro-en-v0.19')).toBe('sherpa_tts_kokoro_en_v0_19');
  });
});
