import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../kernel/index.ts';
import { DownloadError, download, sha256Of } from './download.ts';
import { tryLock } from './lock.ts';
import { bytesOf, type CatalogueModel, type ModelFile } from './model.ts';
import { type Env, folderOf, installed, isThere, mirrorsOf, sizeOf } from './places.ts';
import { BadArchive, unpack } from './unpack.ts';

/** ms in which a mirror must answer: one that cannot be reached costs seconds, not minutes. */
const CONNECT_MS = 5000;
/** ms without a byte after which a mirror is left. */
const STALL_MS = 15_000;
/** While an archive is unpacked, its lock is touched so often, in ms. */
const TOUCH_MS = 5000;
/** Connections to one mirror that may break, as long as each brought something. */
const MAX_BREAKS = 8;

/** A model could not be had. `tried`: what each mirror did. */
export class ModelUnavailable extends Error {
  readonly reason: 'no-mirror' | 'busy' | 'not-in-folder' | 'bad-archive';
  readonly tried: readonly string[];

  constructor(reason: ModelUnavailable['reason'], message: string, tried: readonly string[] = []) {
    super([message, ...tried].join('\n  '));
    this.name = 'ModelUnavailable';
    this.reason = reason;
    this.tried = tried;
  }
}

export interface FetchProgress {
  readonly file: string;
  /** Host that it comes from. */
  readonly from: string;
  /** Of the whole model. */
  readonly bytes: number;
  readonly ofBytes: number;
}

export interface FetchOptions {
  /** `XDG_CACHE_HOME`, `PARLEY_MODEL_MIRROR`, `HF_ENDPOINT`. */
  readonly env: Env;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Asks only these of the places where it could be; all where absent. */
  readonly reaches?: (url: string) => boolean;
  readonly clock?: Clock;
  readonly connectMs?: number;
  readonly stallMs?: number;
}

/**
 * Downloads what is not there of a model, from the first mirror that has it; a download that broke is continued, also
 * by a later call. Files appear when they are whole and their checksum is right, archives as what is in them. Gives
 * their paths. Throws ModelUnavailable, or the signal's reason when aborted.
 */
export async function fetchModel(model: CatalogueModel, options: FetchOptions): Promise<readonly string[]> {
  return inFolder(model, options.env, async (touch) => {
    let before = 0;
    for (const file of model.files) {
      const folder = folderOf(model, options.env);
      if (!isThere(file, folder)) {
        const path = join(folder, file.name);
        if (sizeOf(path) !== file.bytes) await fetchFile(model, file, path, before, options, touch);
        await unpackIfNeeded(model, file, options.env, options.signal, touch);
      }
      before += file.bytes;
    }
  });
}

/** Takes a model's files from a folder, for machines without a network. Throws ModelUnavailable. */
export async function installFrom(folder: string, model: CatalogueModel, env: Env): Promise<readonly string[]> {
  return inFolder(model, env, async (touch) => {
    for (const file of model.files) {
      const source = join(folder, file.name);
      const part = join(folderOf(model, env), `${file.name}.part`);
      if (sizeOf(source) === 0) throw new ModelUnavailable('not-in-folder', `${folder} has no ${file.name}`);
      await copyFile(source, part);
      if (!(await settle(file, part)))
        throw new ModelUnavailable('not-in-folder', `${source} is another file: its SHA-256 is not ${file.sha256}`);
      await unpackIfNeeded(model, file, env, new AbortController().signal, touch);
    }
  });
}

async function unpackIfNeeded(
  model: CatalogueModel,
  file: ModelFile,
  env: Env,
  signal: AbortSignal,
  touch: () => void,
): Promise<void> {
  if (!file.unpacks) return;
  const touching = setInterval(touch, TOUCH_MS);
  try {
    await unpack(file, folderOf(model, env), signal);
  } catch (error) {
    if (!(error instanceof BadArchive)) throw error;
    throw new ModelUnavailable('bad-archive', `${model.title} could not be unpacked: ${error.message}`);
  } finally {
    clearInterval(touching);
  }
}

async function inFolder(
  model: CatalogueModel,
  env: Env,
  work: (touch: () => void) => Promise<void>,
): Promise<readonly string[]> {
  const folder = folderOf(model, env);
  await mkdir(folder, { recursive: true });
  const lock = await tryLock(join(folder, 'download'));
  if (!lock) throw new ModelUnavailable('busy', `${model.title} is being downloaded already, by another program`);
  try {
    await work(lock.touch);
  } finally {
    await lock.release();
  }
  const paths = installed(model, env);
  if (!paths) throw new ModelUnavailable('no-mirror', `${model.title} is not whole: has ${folder} been changed?`);
  return paths;
}

async function fetchFile(
  model: CatalogueModel,
  file: ModelFile,
  path: string,
  before: number,
  options: FetchOptions,
  touch: () => void,
): Promise<void> {
  const { env, signal, clock = systemClock, connectMs = CONNECT_MS, stallMs = STALL_MS, onProgress, reaches } = options;
  const part = `${path}.part`;
  const tried: string[] = [];
  let touchedAt = clock.now();
  for (const url of mirrorsOf(model, file, env).filter((each) => reaches?.(each) ?? true)) {
    const from = URL.canParse(url) ? new URL(url).host : url;
    touch();
    const onBytes = (bytes: number): void => {
      if (clock.now() - touchedAt > 1000) {
        touchedAt = clock.now();
        touch();
      }
      onProgress?.({ file: file.name, from, bytes: before + bytes, ofBytes: bytesOf(model) });
    };
    for (let breaks = 0; ; breaks++) {
      const had = sizeOf(part);
      try {
        await download({ url, part, bytes: file.bytes, clock, signal, connectMs, stallMs, onBytes });
        if (await settle(file, part)) return;
        tried.push(`${from}: another file than the one expected (SHA-256)`);
        // What was there before may have been the fault.
        if (had > 0) continue;
        break;
      } catch (error) {
        if (!(error instanceof DownloadError)) throw error;
        const goesOn = error.reason === 'broken' && sizeOf(part) > had && breaks < MAX_BREAKS;
        if (goesOn) continue;
        tried.push(`${from}: ${error.message}`);
        // A part that this mirror would not continue is gone now: it may give the whole.
        if (error.reason === 'refused' && had > 0 && sizeOf(part) === 0) continue;
        break;
      }
    }
  }
  throw new ModelUnavailable('no-mirror', `${model.title} could not be downloaded:`, tried);
}

/** The part becomes the file, if it is what was expected; else it is gone. */
async function settle(file: ModelFile, part: string): Promise<boolean> {
  const right = sizeOf(part) === file.bytes && (await sha256Of(part)) === file.sha256;
  if (right) await rename(part, part.slice(0, -'.part'.length));
  else await rm(part, { force: true });
  return right;
}
