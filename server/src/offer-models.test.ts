import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EngineChoice, RecommendedOptions } from '@parley/agent';
import { ModelServer, type ModelTrouble } from '@parley/agent/testing';
import { pino } from 'pino';
import { type Config, loadConfig } from './config/index.ts';
import { offerModels } from './offer-models.ts';

type Model = NonNullable<RecommendedOptions['models']>[number];

const content = Buffer.alloc(50_000, 7);
const model = (name: string, stage: Model['stage']): Model => ({
  name,
  title: name,
  stage,
  languages: ['en'],
  does: 'nothing',
  licence: 'MIT',
  home: 'https://example.com',
  files: [{ name: 'm.onnx', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }],
});
const models = [model('ear', 'asr'), model('mind', 'llm'), model('voice', 'tts')];
const lite: readonly EngineChoice[] = (['asr', 'llm', 'tts'] as const).map((stage) => ({
  stage,
  engine: 'small',
  reason: 'no key',
  lite: true,
}));

let folder: string;
let server: ModelServer;
let said: string[];
let renewed: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-offer-'));
  said = [];
  renewed = 0;
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const log = pino({ level: 'info' }, { write: (line: string) => said.push(JSON.parse(line).msg) });
const renewEngines = async (): Promise<readonly EngineChoice[]> => {
  renewed++;
  return [{ stage: 'asr', engine: 'sherpa', reason: 'a model is installed', lite: false }];
};

async function offer(
  env: Record<string, string>,
  choices = lite,
  troubles: ModelTrouble[] = [],
): Promise<readonly string[]> {
  server = await ModelServer.start(content, troubles);
  const whole = { XDG_CACHE_HOME: folder, PARLEY_MODEL_MIRROR: server.url, ...env };
  const { engines }: Config = loadConfig({ directory: folder, env: whole });
  const app = { log, renewEngines };
  const { signal } = new AbortController();
  await offerModels({ app, engines, choices, env: whole, signal, models, memory: 8e9, probeMs: 1000 });
  return [...new Set(server.asked.map(({ path }) => path.split('/')[1] ?? ''))];
}

test('under npm start models are fetched for every stage that nobody has set, and calls that follow use them', async () => {
  expect(await offer({ PARLEY_NPM_START: '1' })).toEqual(['ear', 'mind', 'voice']);
  expect(renewed).toBe(1);
  expect(said.at(-1)).toBe('from the next call on: sherpa: a model is installed');
});

test('a stage that has an engine is left as it is', async () => {
  const choices = lite.map((each) => ({ ...each, lite: each.stage !== 'llm' }));
  expect(await offer({ PARLEY_NPM_START: '1', PARLEY_ENGINES_TTS_ENGINE: 'espeak' }, choices)).toEqual(['ear']);
});

test.each<[string, Record<string, string>]>([
  ['where they are declined', { PARLEY_NPM_START: '1', PARLEY_MODELS: 'none' }],
  ['in a server that was not started by npm start', {}],
  ['on a build machine', { PARLEY_NPM_START: '1', CI: 'true' }],
  ['in tests', { PARLEY_NPM_START: '1', NODE_ENV: 'test' }],
])('nothing is fetched %s', async (_, env) => {
  expect(await offer(env)).toEqual([]);
  expect(said).toEqual([]);
});

test('a server of one’s own fetches them where it is told to', async () => {
  expect(await offer({ PARLEY_MODELS: 'recommended' })).toEqual(['ear', 'mind', 'voice']);
});

test('what cannot be reached costs one line, and the engines stay', async () => {
  await offer({ PARLEY_MODELS: 'recommended' }, lite, [{ status: 404 }, { status: 404 }, { status: 404 }]);
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/cannot be reached from here: the lite engines serve/);
  expect(renewed).toBe(0);
});
