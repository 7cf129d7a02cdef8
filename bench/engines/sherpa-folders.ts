import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { EngineSettings } from '@parley/agent';
import { HUM_VOICE, hasSherpa, TINY_ASR } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: finds the models that users have downloaded
import { modelsFolder } from '../../agent/src/models/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { detectAsrModel, detectTtsModel } from '../../agent/src/providers/sherpa/index.ts';
import { type Candidate, type Env, figureName, type HeardStage } from './candidates.ts';

/** Of 32 words, and one that hums: they show what the way to the engine costs, not how good one is. */
const TEST_MODELS: Readonly<Record<HeardStage, string>> = { asr: TINY_ASR, tts: HUM_VOICE };
export const TEST_MODEL = 'test_model';

/** sherpa-onnx once for each model that is named or installed, and for the test model of the repository. */
export async function withModels(
  all: readonly Candidate[],
  stage: HeardStage,
  settings: EngineSettings,
  env: Env,
): Promise<Candidate[]> {
  const plain = all.find(({ decision }) => decision.engine === 'sherpa');
  if (!plain || !hasSherpa()) return [...all];
  const withModel = (model: string, called: string): Candidate => ({
    name: figureName(stage, `sherpa-${called}`),
    decision: { ...plain.decision, entry: { engine: 'sherpa', model } },
  });
  const named = settings[stage].sherpa.model !== undefined || plain.decision.entry?.model !== undefined;
  const installed = await installedFolders(stage, env);
  return [
    // Without any it says by itself what to do.
    ...all.filter((each) => each !== plain || named || installed.length === 0),
    ...installed.map((folder) => withModel(folder, basename(folder))),
    withModel(TEST_MODELS[stage], TEST_MODEL),
  ];
}

async function installedFolders(stage: HeardStage, env: Env): Promise<string[]> {
  const detect = stage === 'asr' ? detectAsrModel : detectTtsModel;
  const found: string[] = [];
  for (const name of foldersIn(modelsFolder(env))) {
    const folder = join(modelsFolder(env), name);
    const model = await detect(folder).catch(() => undefined); // of another stage, or none of sherpa-onnx's
    if (model) found.push(folder);
  }
  return found;
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // nothing was ever downloaded
  }
}
