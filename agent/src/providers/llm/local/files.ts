import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CATALOGUE, type Env, folderOf, installed, modelsFolder } from '../../../models/index.ts';
import { EngineUnavailable } from '../../unavailable.ts';

const SETTING = 'PARLEY_ENGINES_LLM_LOCAL_MODEL';
const isGguf = (name: string): boolean => name.endsWith('.gguf');

/** The first model of the catalogue that is in the cache, else another that somebody put there; none is downloaded. */
export async function installedLlm(env: Env): Promise<string | undefined> {
  for (const model of CATALOGUE.filter(({ stage }) => stage === 'llm')) {
    const file = installed(model, env)?.find(isGguf);
    if (file) return file;
  }
  const known = CATALOGUE.map((model) => folderOf(model, env));
  const there = await readdir(modelsFolder(env), { withFileTypes: true }).catch(() => []);
  const folders = there.filter((each) => !each.isFile()).map(({ name }) => join(modelsFolder(env), name));
  for (const folder of folders.filter((each) => !known.includes(each)).sort()) {
    const file = (await ggufsIn(folder))[0];
    if (file) return file;
  }
  return undefined;
}

/** Where the model lies that the settings name, or the one that is installed. Throws EngineUnavailable with the way to one. */
export async function modelFile(named: string | undefined, env: Env): Promise<string> {
  const missing = (what: string): EngineUnavailable => new EngineUnavailable('llm', 'local', what);
  if (named === undefined) {
    const file = await installedLlm(env);
    if (file) return file;
    const fix = `npm run models shows which can be had; or set ${SETTING} to a GGUF file`;
    throw missing(`no language model is installed in ${modelsFolder(env)}: ${fix}`);
  }
  if (/[/\\]/.test(named)) {
    const file = resolve(named.replace(/^~(?=[/\\])/, homedir()));
    if (existsSync(file)) return file;
    throw missing(`there is no file ${file} (${SETTING})`);
  }
  const model = CATALOGUE.find(({ name, stage }) => name === named && stage === 'llm');
  const file = model ? installed(model, env)?.find(isGguf) : (await ggufsIn(join(modelsFolder(env), named)))[0];
  if (file) return file;
  if (model) throw missing(`${model.title} is not installed: npm run models -- ${named}`);
  throw missing(
    `there is no language model "${named}" in ${modelsFolder(env)}: npm run models shows which can be had; ` +
      `a file elsewhere is named by its path (./${named})`,
  );
}

const ggufsIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch(() => []))
    .filter(isGguf)
    .sort()
    .map((name) => join(folder, name));
