import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CATALOGUE, type Env, folderOf, installed, modelsFolder } from '../../models/index.ts';
import { EngineUnavailable } from '../unavailable.ts';
import { detectAsrModel, detectTtsModel } from './detect-model.ts';

type SherpaStage = 'asr' | 'tts';

/** The first folder in the cache, the catalogue's before others, that holds a model for the stage; none is downloaded. */
export async function installedModel(stage: SherpaStage, env: Env): Promise<string | undefined> {
  const detect = stage === 'asr' ? detectAsrModel : detectTtsModel;
  const known = CATALOGUE.map(({ name }) => name);
  const there = await readdir(modelsFolder(env), { withFileTypes: true }).catch(() => []);
  const others = there.filter((each) => !each.isFile() && !known.includes(each.name)).map(({ name }) => name);
  for (const name of [...known.filter((each) => isWhole(each, env)), ...others.sort()]) {
    const folder = join(modelsFolder(env), name);
    const model = await detect(folder).catch(() => undefined); // of another stage, or none of sherpa-onnx's
    if (model) return folder;
  }
  return undefined;
}

/** Where a model lies that the settings name, or the one that is installed. Throws EngineUnavailable with the way to one. */
export async function folderFor(stage: SherpaStage, named: string | undefined, env: Env): Promise<string> {
  const setting = `PARLEY_ENGINES_${stage.toUpperCase()}_SHERPA_MODEL`;
  const missing = (what: string): EngineUnavailable => new EngineUnavailable(stage, 'sherpa', what);
  if (named === undefined) {
    const folder = await installedModel(stage, env);
    if (folder) return folder;
    const fix = `npm run models shows which can be had; or set ${setting} to a folder with one`;
    throw missing(`no sherpa-onnx model for ${stage} is installed in ${modelsFolder(env)}: ${fix}`);
  }
  if (/[/\\]/.test(named)) return resolve(named.replace(/^~(?=[/\\])/, homedir()));
  const folder = join(modelsFolder(env), named);
  const model = CATALOGUE.find(({ name }) => name === named);
  if (model ? installed(model, env) : existsSync(folder)) return folder;
  if (model) throw missing(`${model.title} is not installed: npm run models -- ${named}`);
  throw missing(
    `there is no model "${named}" in ${modelsFolder(env)}: npm run models shows which can be had; ` +
      `a folder elsewhere is named by its path (./${named})`,
  );
}

/** A download that is under way is none yet. */
function isWhole(name: string, env: Env): boolean {
  const model = CATALOGUE.find((each) => each.name === name);
  return model !== undefined && installed(model, env) !== undefined && existsSync(folderOf(model, env));
}
