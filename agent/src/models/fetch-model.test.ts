import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ModelServer, type ModelTrouble } from '../testing/index.ts';
import { CATALOGUE, modelNamed } from './catalogue.ts';
import { type FetchOptions, type FetchProgress, fetchModel, installFrom, ModelUnavailable } from './fetch-model.ts';
import type { CatalogueModel } from './model.ts';
import { folderOf, installed, mirrorsOf, modelsFolder } from './places.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const MODEL: CatalogueModel = {
  name: 'small',
  title: 'Small',
  stage: 'tts',
  languages: ['en'],
  does: 'nothing',
  licence: 'MIT',
  home: 'https://example.com',
  files: [
    {
      name: 'small.onnx',
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      huggingFace: { repo: 'some/small', revision: 'abc' },
    },
  ],
};

let cache: string;
let servers: ModelServer[];
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'parley-models-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(cache, { recursive: true });
});

const mirror = async (...troubles: ModelTrouble[]): Promise<ModelServer> => {
  const server = await ModelServer.start(content, troubles);
  servers.push(server);
  return server;
};
/** The first is the mirror of one's own, the second stands for Hugging Face. */
const envOf = (first: ModelServer, second: ModelServer = first) => ({
  XDG_CACHE_HOME: cache,
  PARLEY_MODEL_MIRROR: `${first.url}/models/`,
  HF_ENDPOINT: second.url,
});
const get = (env: FetchOptions['env'], options: Partial<FetchOptions> = {}): Promise<readonly string[]> =>
  fetchModel(MODEL, { env, signal: new AbortController().signal, connectMs: 2000, stallMs: 2000, ...options });
const file = () => join(cache, 'parley', 'models', 'small', 'small.onnx');
const expectWhole = () => expect(readFileSync(file()).equals(content)).toBe(true);
const left = () => readdirSync(join(cache, 'parley', 'models', 'small'));
/** Breaks the connection once so much has arrived. */
const dropping = (server: ModelServer, ...at: number[]): Partial<FetchOptions> => ({
  onProgress: ({ bytes }) => {
    if (at.includes(bytes)) server.drop();
  },
});
const rangesOf = ({ asked }: ModelServer) => asked.map(({ range }) => range);

describe('fetching a model', () => {
  test('puts it where set-up keeps its things, whole, with progress on the way', async () => {
    const server = await mirror();
    const env = envOf(server);
    expect(installed(MODEL, env)).toBeUndefined();
    const steps: FetchProgress[] = [];
    expect(await get(env, { onProgress: (step) => steps.push(step) })).toEqual([file()]);
    expectWhole();
    expect(left()).toEqual(['small.onnx']);
    expect(installed(MODEL, env)).toEqual([file()]);
    expect(server.asked).toEqual([{ path: '/models/small/small.onnx', range: undefined }]);
    expect(steps.at(-1)).toMatchObject({ bytes: content.length, ofBytes: content.length, file: 'small.onnx' });
  });

  test('asks for nothing that is there', async () => {
    const server = await mirror();
    await get(envOf(server));
    await get(envOf(server));
    expect(server.asked).toHaveLength(1);
  });

  test('goes on where a connection broke', async () => {
    const server = await mirror({ stallAfter: 100_000 }, { stallAfter: 50_000 });
    await get(envOf(server), dropping(server, 100_000, 150_000));
    expect(rangesOf(server)).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
    expectWhole();
  });

  test('goes on at another mirror where one stalls', async () => {
    const [stalls, works] = [await mirror({ stallAfter: 100_000 }), await mirror()];
    await get(envOf(stalls, works), { stallMs: 100 });
    expect(works.asked).toEqual([{ path: '/some/small/resolve/abc/small.onnx', range: 'bytes=100000-' }]);
    expectWhole();
  });

  test('goes on with what an earlier call had', async () => {
    const broken = await mirror({ stallAfter: 100_000 }, { status: 503 });
    await expect(get(envOf(broken), { stallMs: 100 })).rejects.toThrow(ModelUnavailable);
    const works = await mirror();
    await get(envOf(works));
    expect(rangesOf(works)).toEqual(['bytes=100000-']);
  });

  test('starts again where a mirror knows no ranges', async () => {
    const server = await mirror({ stallAfter: 100_000 }, { ignoresRange: true });
    await get(envOf(server), dropping(server, 100_000));
    expectWhole();
  });

  test('starts again where a mirror refuses the range', async () => {
    const server = await mirror({ stallAfter: 100_000 }, { status: 416 });
    await get(envOf(server), dropping(server, 100_000));
    expect(rangesOf(server)).toEqual([undefined, 'bytes=100000-', undefined]);
    expectWhole();
  });

  test('leaves a mirror that does not answer, or has no such file', async () => {
    const [silent, works] = [await mirror({ silent: true }), await mirror()];
    await get(envOf(silent, works), { connectMs: 100 });
    rmSync(file());
    const refuses = await mirror({ status: 404 });
    await get(envOf(refuses, works));
    expectWhole();
  });

  test('never takes another file: not one of the same length, not a longer one, not a shorter one', async () => {
    const other = Buffer.from(content).fill(1, 5, 6);
    for (const bytes of [other, Buffer.concat([content, content]), content.subarray(0, 1000)]) {
      const [bad, good] = [await mirror({ bytes }), await mirror()];
      await get(envOf(bad, good));
      expectWhole();
      rmSync(file());
    }
  });

  test('fetches the whole again where what an earlier call had was wrong', async () => {
    const env = envOf(await mirror());
    mkdirSync(folderOf(MODEL, env), { recursive: true });
    writeFileSync(`${file()}.part`, Buffer.alloc(1000, 1));
    await get(env);
    expectWhole();
  });

  test('says what each mirror did where none has it, and leaves nothing that looks like the model', async () => {
    const [one, two] = [await mirror({ status: 404 }), await mirror({ bytes: Buffer.from(content).fill(1) })];
    const failure = await get(envOf(one, two)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'no-mirror' });
    expect((failure as ModelUnavailable).tried).toEqual([
      `${new URL(one.url).host}: status 404`,
      `${new URL(two.url).host}: another file than the one expected (SHA-256)`,
    ]);
    expect(left()).toEqual([]);
  });

  test('says that there is no connection where there is none', async () => {
    const gone = await mirror();
    const env = envOf(gone);
    await gone.close();
    servers = [];
    await expect(get(env)).rejects.toThrow(/could not be downloaded:\n {2}127\.0\.0\.1:\d+: ECONNREFUSED/);
  });

  test('stops when it is told to, keeps what it had, and lets others go on', async () => {
    const server = await mirror({ stallAfter: 100_000 });
    const stop = new AbortController();
    const getting = get(envOf(server), {
      signal: stop.signal,
      onProgress: ({ bytes }) => bytes === 100_000 && setImmediate(() => stop.abort(new Error('stopped'))),
    });
    await expect(getting).rejects.toThrow('stopped');
    await get(envOf(server));
    expect(rangesOf(server)).toEqual([undefined, 'bytes=100000-']);
  });

  test('two at a time do not write the same file, and a lock that was left behind holds nobody up', async () => {
    const server = await mirror();
    const both = await Promise.allSettled([get(envOf(server)), get(envOf(server))]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    rmSync(file());
    const lock = join(folderOf(MODEL, envOf(server)), 'download.lock');
    writeFileSync(lock, '');
    await expect(get(envOf(server))).rejects.toMatchObject({ reason: 'busy' });
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(lock, longAgo, longAgo);
    await get(envOf(server));
    expect(left()).toEqual(['small.onnx']);
  });
});

describe('taking a model from a folder', () => {
  test('copies the file that is expected and refuses another', async () => {
    const env = { XDG_CACHE_HOME: cache };
    const folder = join(cache, 'stick');
    mkdirSync(folder);
    await expect(installFrom(folder, MODEL, env)).rejects.toThrow(`${folder} has no small.onnx`);
    writeFileSync(join(folder, 'small.onnx'), 'something else');
    await expect(installFrom(folder, MODEL, env)).rejects.toThrow('is another file');
    expect(existsSync(file())).toBe(false);
    writeFileSync(join(folder, 'small.onnx'), content);
    expect(await installFrom(folder, MODEL, env)).toEqual([file()]);
  });
});

describe('the catalogue', () => {
  test.each(CATALOGUE.map((model) => [model.name, model] as const))('knows %s to the byte', (_, model) => {
    expect(modelNamed(model.name)).toBe(model);
    for (const { bytes, sha256 } of model.files) {
      expect(bytes).toBeGreaterThan(0);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  test('asks the own mirror first, then the hub and its mirror, or the hub that is named', () => {
    const [onnx] = MODEL.files;
    const urls = (env: Record<string, string>) => mirrorsOf(MODEL, onnx!, env);
    expect(urls({})).toEqual([
      'https://huggingface.co/some/small/resolve/abc/small.onnx',
      'https://hf-mirror.com/some/small/resolve/abc/small.onnx',
    ]);
    expect(urls({ HF_ENDPOINT: 'https://hub.example/', PARLEY_MODEL_MIRROR: 'https://own.example/m' })).toEqual([
      'https://own.example/m/small/small.onnx',
      'https://hub.example/some/small/resolve/abc/small.onnx',
    ]);
  });

  test('lies in the cache of the user', () => {
    expect(modelsFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/parley/models');
    expect(modelsFolder({})).toMatch(/\/\.cache\/parley\/models$/);
    expect(() => modelNamed('none')).toThrow('there is no model "none"; there is zipformer-en');
  });
});
