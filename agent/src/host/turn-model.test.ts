import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { TurnSettings } from '../contracts/index.ts';
import { type CatalogueModel, folderOf } from '../models/index.ts';
import { ManualClock, ModelServer, type ModelTrouble, speechClip } from '../testing/index.ts';
import { TurnModel } from './turn-model.ts';

const TINY = fileURLToPath(new URL('../../fixtures/models/tiny-turn/model.onnx', import.meta.url));
const content = readFileSync(TINY);
const MODEL: CatalogueModel = {
  name: 'tiny-turn',
  title: 'Tiny Turn',
  stage: 'turn',
  languages: ['mul'],
  does: 'tells whether it fades',
  licence: 'MIT',
  home: 'https://example.com',
  files: [
    {
      name: 'tiny.onnx',
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      huggingFace: { repo: 'some/tiny', revision: 'abc' },
    },
  ],
};
/** In the middle of a word: the model is sure that more comes. */
const audio = speechClip('turnonlamp').samples.subarray(0, 12_800);
const SURE_OF_MORE = 0.2;

let cache: string;
let server: ModelServer;
let models: TurnModel[];
let lines: string[];
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'parley-turn-'));
  models = [];
  lines = [];
});
afterEach(async () => {
  await Promise.all([...models.map((model) => model.close()), server?.close()]);
  rmSync(cache, { recursive: true });
});

const serve = async (...troubles: ModelTrouble[]): Promise<void> => {
  server = await ModelServer.start(content, troubles);
};
const open = (settings: TurnSettings, env: Record<string, string> = {}, clock = new ManualClock()): TurnModel => {
  const model = TurnModel.open(settings, {
    env: { XDG_CACHE_HOME: cache, HF_ENDPOINT: server?.url, ...env },
    log: (level, message) => lines.push(`${level}: ${message}`),
    clock,
    model: MODEL,
  });
  if (!model) throw new Error('there is no model');
  models.push(model);
  return model;
};
const ask = (model: TurnModel): Promise<number> =>
  model.predict({ audio, text: '' }, { signal: new AbortController().signal });
const install = (): void => {
  const folder = folderOf(MODEL, { XDG_CACHE_HOME: cache });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tiny.onnx'), content);
};

describe('the turn model of a thread', () => {
  beforeEach(() => serve());

  test('is not there where none is wanted', () => {
    expect(TurnModel.open({ engine: 'none' }, { env: {}, log: () => {} })).toBeUndefined();
  });

  test('has no opinion until it is downloaded, and then serves at once, with one line in the log', async () => {
    const model = open({ engine: 'auto' });
    expect(await ask(model)).toBe(0.5);
    await model.ready;
    expect(await ask(model)).toBeLessThan(SURE_OF_MORE);
    expect(lines).toEqual(['info: Tiny Turn (just downloaded, 0.0 MB) tells whether it fades (engines.turn.engine)']);
  });

  test('asks nobody for what is installed', async () => {
    install();
    const model = open({ engine: 'auto' });
    await model.ready;
    expect(await ask(model)).toBeLessThan(SURE_OF_MORE);
    expect(server.asked).toEqual([]);
    expect(lines).toEqual(['info: Tiny Turn tells whether it fades (engines.turn.engine)']);
  });

  test('is the file that is named', async () => {
    const model = open({ engine: 'auto', model: TINY });
    await model.ready;
    expect(await ask(model)).toBeLessThan(SURE_OF_MORE);
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['CI', 'true'],
    ['NODE_ENV', 'test'],
  ])('is never downloaded where %s is %s', async (name, value) => {
    const env = { [name]: value };
    for (const engine of ['auto', 'smart-turn'] as const) await open({ engine }, env).ready;
    expect(server.asked).toEqual([]);
    expect(lines).toEqual(['warn: Tiny Turn is not installed: npm run models -- tiny-turn']);
  });

  test('is found later where another thread downloads it', async () => {
    const folder = folderOf(MODEL, { XDG_CACHE_HOME: cache });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'download.lock'), '');
    const clock = new ManualClock();
    const model = open({ engine: 'auto' }, {}, clock);
    await model.ready;
    install();
    expect(await ask(model)).toBe(0.5);
    await clock.advance(30_000);
    expect(await ask(model)).toBe(0.5);
    await model.ready;
    expect(await ask(model)).toBeLessThan(SURE_OF_MORE);
    expect(server.asked).toEqual([]);
    expect(lines).toEqual(['info: Tiny Turn tells whether it fades (engines.turn.engine)']);
  });

  test('that is another file is told, and changes nothing', async () => {
    const model = open({ engine: 'smart-turn', model: join(cache, 'none.onnx') });
    await model.ready;
    expect(await ask(model)).toBe(0.5);
    expect(lines).toEqual([expect.stringMatching(/^warn: no turn model: .*none\.onnx cannot be used: /)]);
  });
});

test('behind a firewall there is one line, and words and pauses end turns', async () => {
  await serve({ status: 403 });
  const model = open({ engine: 'auto' });
  await model.ready;
  expect(await ask(model)).toBe(0.5);
  expect(lines).toEqual([
    'info: Tiny Turn could not be downloaded (no mirror has it, or none can be reached): words and pauses end turns; "npm run models -- tiny-turn" says more',
  ]);
});

test('a shutdown does not wait for a download, and says nothing', async () => {
  await serve({ stallAfter: 1000 });
  const model = open({ engine: 'auto' });
  const closing = model.close();
  expect(model.close()).toBe(closing);
  await closing;
  expect(lines).toEqual([]);
});
