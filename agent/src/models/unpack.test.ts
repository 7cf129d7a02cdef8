import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { failureOf, ModelServer, type ModelTrouble } from '../testing/index.ts';
import { type FetchOptions, fetchModel, installFrom } from './fetch-model.ts';
import type { CatalogueModel } from './model.ts';
import { folderOf, installed } from './places.ts';
import { type ARCHIVES, archiveBytes } from './testing/archives.ts';

const never = new AbortController().signal;
const HOLDS = ['model.onnx', 'tokens.txt', 'data/phontab'];

const voice = (archive: Buffer): CatalogueModel => ({
  name: 'voice',
  title: 'Voice',
  stage: 'tts',
  languages: ['en'],
  does: 'nothing',
  licence: 'MIT',
  home: 'https://example.com',
  files: [
    {
      name: 'voice.tar.bz2',
      bytes: archive.length,
      sha256: createHash('sha256').update(archive).digest('hex'),
      unpacks: { root: 'voice', holds: HOLDS },
    },
  ],
});
const VOICE = voice(archiveBytes('good'));

let cache: string;
let servers: ModelServer[];
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'parley-archives-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(cache, { recursive: true });
});

const envOf = ({ url }: { url: string }) => ({ XDG_CACHE_HOME: cache, PARLEY_MODEL_MIRROR: url });
const folder = (): string => folderOf(VOICE, { XDG_CACHE_HOME: cache });
const held = (): string[] =>
  (existsSync(folder()) ? readdirSync(folder(), { recursive: true, encoding: 'utf8' }) : []).sort();

async function fetchOf(name: keyof typeof ARCHIVES, ...troubles: ModelTrouble[]): Promise<readonly string[]> {
  const bytes = archiveBytes(name);
  const server = await ModelServer.start(bytes, troubles);
  servers.push(server);
  return fetchModel(voice(bytes), { env: envOf(server), signal: never, connectMs: 2000, stallMs: 2000 });
}

describe('a model that comes as an archive', () => {
  test('is unpacked in its place, without the archive and what does not belong to it', async () => {
    expect(await fetchOf('good')).toEqual(HOLDS.map((name) => join(folder(), name)));
    expect(readFileSync(join(folder(), 'model.onnx'), 'utf8')).toBe('a model');
    expect(held().filter((name) => !name.endsWith('.unpacked'))).toEqual([
      'data',
      'data/phontab',
      'model.onnx',
      'tokens.txt',
    ]);
  });

  test('is not asked for again', async () => {
    await fetchOf('good');
    await fetchOf('good');
    expect(servers[1]?.asked).toEqual([]);
  });

  test('is fetched on where a connection broke, and then unpacked', async () => {
    const bytes = archiveBytes('good');
    const server = await ModelServer.start(bytes, [{ stallAfter: 100 }]);
    servers.push(server);
    const onProgress: FetchOptions['onProgress'] = ({ bytes: had }) => had === 100 && server.drop();
    await fetchModel(VOICE, { env: envOf(server), signal: never, onProgress });
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, 'bytes=100-']);
    expect(installed(VOICE, envOf(server))).toBeDefined();
  });

  test('is taken from a folder on a machine without a network', async () => {
    const stick = join(cache, 'stick');
    mkdirSync(stick);
    writeFileSync(join(stick, 'voice.tar.bz2'), archiveBytes('good'));
    expect(await installFrom(stick, VOICE, { XDG_CACHE_HOME: cache })).toHaveLength(3);
    expect(readdirSync(stick)).toEqual(['voice.tar.bz2']);
  });

  test('is not there while it is half unpacked, and then begun again', async () => {
    const env = { XDG_CACHE_HOME: cache };
    mkdirSync(join(folder(), 'data'), { recursive: true });
    for (const name of HOLDS) writeFileSync(join(folder(), name), 'of another time');
    expect(installed(VOICE, env)).toBeUndefined();
    mkdirSync(join(folder(), 'voice.tar.bz2.unpacking', 'left'), { recursive: true });
    await fetchOf('good');
    expect(readFileSync(join(folder(), 'model.onnx'), 'utf8')).toBe('a model');
    expect(held()).not.toContain('voice.tar.bz2.unpacking');
  });

  test('is there no more when a file of it was deleted', async () => {
    await fetchOf('good');
    rmSync(join(folder(), 'tokens.txt'));
    expect(installed(VOICE, { XDG_CACHE_HOME: cache })).toBeUndefined();
    await fetchOf('good');
    expect(servers[1]?.asked).toHaveLength(1);
  });
});

describe('an archive that is not what it should be', () => {
  const refused = async (name: keyof typeof ARCHIVES, why: RegExp): Promise<void> => {
    expect(await failureOf(fetchOf(name))).toMatchObject({
      name: 'ModelUnavailable',
      reason: 'bad-archive',
      message: expect.stringMatching(why),
    });
    expect(held().filter((each) => each !== 'voice.tar.bz2')).toEqual([]);
  };

  test('climbs out of its folder: nothing of it is taken', async () => {
    await refused('climbing', /voice\/\.\.\/\.\.\/evil leads out/);
    expect(existsSync(join(cache, 'parley', 'evil'))).toBe(false);
  });

  test('names a place on the machine', async () => {
    await refused('absolute', /leads out/);
    expect(existsSync('/tmp/parley-evil')).toBe(false);
  });

  test('holds a link', () => refused('linking', /voice\/link is no file/));
  test('holds a hard link', () => refused('hardLinking', /voice\/link is no file/));
  test('holds another folder', () => refused('elsewhere', /other\/model.onnx is not in voice/));
  test('lacks a file', () => refused('incomplete', /has no voice\/tokens.txt/));
  test('grows without measure', () => refused('huge', /larger than any model/));

  test('is cut off', async () => {
    const cut = archiveBytes('good').subarray(0, 150);
    const server = await ModelServer.start(cut);
    servers.push(server);
    expect(await failureOf(fetchModel(voice(cut), { env: envOf(server), signal: never }))).toMatchObject({
      reason: 'bad-archive',
    });
    expect(installed(voice(cut), envOf(server))).toBeUndefined();
  });
});
