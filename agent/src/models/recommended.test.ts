import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { failureOf, ModelServer, type ModelTrouble } from '../testing/index.ts';
import { RECOMMENDED } from './catalogue.ts';
import type { CatalogueModel } from './model.ts';
import { installed } from './places.ts';
import { fetchRecommended, type RecommendedOptions } from './recommended.ts';

const content = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => (i * 7919) % 251));
const model = (name: string, stage: CatalogueModel['stage']): CatalogueModel => ({
  name,
  title: `The ${name}`,
  stage,
  languages: ['en'],
  does: 'nothing',
  licence: 'MIT',
  home: 'https://example.com',
  files: [{ name: 'm.onnx', bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }],
});
const models = [model('ear', 'asr'), model('voice', 'tts'), model('mind', 'llm')];

let cache: string;
let server: ModelServer;
let said: string[];
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'parley-recommended-'));
  said = [];
});
afterEach(async () => {
  await server.close();
  rmSync(cache, { recursive: true });
});

const names = async (options: Partial<RecommendedOptions> = {}, ...troubles: ModelTrouble[]): Promise<string[]> => {
  server = await ModelServer.start(content, troubles);
  const came = await fetchRecommended({
    env: { XDG_CACHE_HOME: cache, PARLEY_MODEL_MIRROR: server.url },
    stages: ['asr', 'llm', 'tts'],
    signal: new AbortController().signal,
    say: (line) => said.push(line),
    memory: 8e9,
    models,
    ...options,
  });
  return came.map(({ name }) => name);
};

describe('the recommended models', () => {
  test('are fetched by their size, with progress now and then', async () => {
    expect(await names()).toEqual(['ear', 'voice', 'mind']);
    expect(said[0]).toBe(
      'Fetching the recommended models, 6 MB in all: The ear (2 MB), The voice (2 MB), The mind (2 MB). ' +
        'PARLEY_MODELS=none declines',
    );
    const progress = said.slice(1);
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.length).toBeLessThan(11);
    for (const line of progress) expect(line).toMatch(/^The recommended models: \d+ % of 6 MB, from 127\.0\.0\.1:\d+$/);
  });

  test('are those of the stages that want one, and that are not there', async () => {
    expect(await names({ stages: ['tts', 'llm'] })).toEqual(['voice', 'mind']);
    await server.close();
    expect(await names()).toEqual(['ear']);
    await server.close();
    said = [];
    expect(await names()).toEqual([]);
    expect(said).toEqual([]);
  });

  test('hold no language model where memory is short', async () => {
    expect(await names({ memory: 2e9 })).toEqual(['ear', 'voice']);
  });

  test('cost one line and no time where the mirror has none of them', async () => {
    expect(await names({}, { status: 404 }, { status: 404 }, { status: 503 })).toEqual([]);
    expect(said).toEqual([
      'The recommended models (6 MB) cannot be reached from here: the lite engines serve ("npm run models" says more)',
    ]);
  });

  test('cost the patience of one probe, not of each, where the mirror is silent', async () => {
    const from = performance.now();
    expect(await names({ probeMs: 200 }, { silent: true }, { silent: true }, { silent: true })).toEqual([]);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(said).toHaveLength(1);
  });

  test('come without the one that cannot be had', async () => {
    expect(await names({}, { status: 404 })).toEqual(['voice', 'mind']);
  });

  test('are given up when the server ends', async () => {
    const stop = new AbortController();
    const say = (line: string): void => {
      said.push(line);
      if (line.includes('%')) stop.abort(new Error('shutdown'));
    };
    expect(await failureOf(names({ signal: stop.signal, say }))).toEqual(new Error('shutdown'));
    expect(installed(models[2]!, { XDG_CACHE_HOME: cache })).toBeUndefined();
  });
});

test('the recommended set has one model for each stage, free for any use', async () => {
  server = await ModelServer.start(content);
  expect(RECOMMENDED.map(({ stage }) => stage).sort()).toEqual(['asr', 'llm', 'tts', 'turn']);
  for (const { licence } of RECOMMENDED) expect(licence).toMatch(/^(?:Apache-2\.0|MIT|BSD-2-Clause)$/);
});
