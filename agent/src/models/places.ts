import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { CatalogueModel, ModelFile } from './model.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Tests and build machines do not fetch things behind people's backs. */
export const mayDownload = ({ CI, NODE_ENV }: Env): boolean => (!CI || CI === 'false') && NODE_ENV !== 'test';

const HUGGING_FACE = 'https://huggingface.co';
/** Known to serve the same addresses where Hugging Face does not answer; users set it as HF_ENDPOINT. */
const HF_MIRROR = 'https://hf-mirror.com';

/** Where this user's models lie: where PARLEY_MODELS_DIR says, else beside what set-up keeps (scripts/set-up/places.mjs). */
export const modelsFolder = (env: Env): string =>
  env.PARLEY_MODELS_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'parley', 'models');

export const folderOf = (model: CatalogueModel, env: Env): string => join(modelsFolder(env), model.name);

/** The model's files, where all of them are there; they appear under these names only when they are whole. */
export function installed(model: CatalogueModel, env: Env): readonly string[] | undefined {
  const folder = folderOf(model, env);
  if (!model.files.every((file) => isThere(file, folder))) return undefined;
  return model.files.flatMap(({ name, unpacks }) => (unpacks?.holds ?? [name]).map((each) => join(folder, each)));
}

/** Says that all that was in an archive lies where it belongs. */
export const unpackedMark = ({ name, sha256 }: ModelFile): string => `${name}.${sha256.slice(0, 8)}.unpacked`;

/** Whether a file is there, or what was in it. */
export function isThere(file: ModelFile, folder: string): boolean {
  if (!file.unpacks) return sizeOf(join(folder, file.name)) === file.bytes;
  return (
    existsSync(join(folder, unpackedMark(file))) && file.unpacks.holds.every((each) => sizeOf(join(folder, each)) > 0)
  );
}

/** Bytes of a file; 0 where there is none. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Where to ask for a file, in this order. */
export function mirrorsOf(
  model: CatalogueModel,
  { name, release, huggingFace, urls = [] }: ModelFile,
  env: Env,
): string[] {
  const own = env.PARLEY_MODEL_MIRROR ? [`${bare(env.PARLEY_MODEL_MIRROR)}/${model.name}/${name}`] : [];
  const endpoints = env.HF_ENDPOINT ? [env.HF_ENDPOINT] : [HUGGING_FACE, HF_MIRROR];
  const hubs = huggingFace
    ? endpoints.map((each) => `${bare(each)}/${huggingFace.repo}/resolve/${huggingFace.revision}/${name}`)
    : [];
  return [...own, ...(release ? [release] : []), ...hubs, ...urls];
}

const bare = (url: string): string => url.replace(/\/+$/, '');
