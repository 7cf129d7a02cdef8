import { basename } from 'node:path';
import { type LlmProvider, OPENAI_MODELS } from '../contracts/index.ts';
import { factsOf } from './engine-facts.ts';
import { LocalLlm, modelFile } from './llm/local/index.ts';
import { modelAtHand } from './llm/model-at-hand.ts';
import { OpenAiLlm } from './llm/openai.ts';
import { addressOf, LLM_PRESETS } from './llm/presets.ts';
import { ScriptedHost } from './llm/scripted-host.ts';
import { type Make, missing } from './make.ts';

export const makeLlm: Make<LlmProvider> = async (decision, settings, options) => {
  const { llm } = settings;
  const { env, signal, clock, log } = options;
  const { engine, model: named } = decision;
  if (engine === 'scripted') return { engine: new ScriptedHost({ timeZone: env.TZ || undefined }) };
  if (engine === 'local') return local(decision, settings, options);
  const preset = LLM_PRESETS[engine];
  const { title } = factsOf(engine);
  const { apiKey, baseUrl } = decision.access;
  if (preset?.models && !apiKey && !baseUrl)
    throw missing('llm', engine, `${title} wants a key`, `set PARLEY_ENGINES_LLM_API_KEY, or apiKey beside ${engine}`);
  if (preset?.models && !named)
    throw missing('llm', engine, `no model of ${title} is named`, `set PARLEY_ENGINES_LLM_MODEL; ${preset.models}`);
  const access = { apiKey, baseUrl: baseUrl ?? (preset && (await addressOf(preset, { signal, clock }))) };
  const { model, note } = await modelAtHand(access, named ?? OPENAI_MODELS.llm, { signal, clock });
  if (note) log?.('warn', note);
  return { engine: new OpenAiLlm({ access, settings: { ...llm, model }, clock }), note };
};

const local: Make<LlmProvider> = async ({ entry }, { llm }, { env, signal, clock, log }) => {
  const { model = llm.local.model, threads = llm.local.threads } = entry ?? {};
  const file = await modelFile(model, env);
  const { contextTokens } = llm.local;
  return {
    engine: await LocalLlm.load({ file, threads, contextTokens, settings: llm, clock, log }, signal),
    note: basename(file),
  };
};
