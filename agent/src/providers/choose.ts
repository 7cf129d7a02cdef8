import type { EngineEntry, EngineSettings, OpenAiAccess, ServedStage } from '../contracts/index.ts';
import { factsOf } from './engine-facts.ts';
import { type Given, Shares } from './shares.ts';

export interface Decision {
  readonly engine: string;
  /** What tells it from the others of its stage, in the log and the metrics: `openai`, `openai@localhost:11434`. */
  readonly name: string;
  /** A short sentence for people. */
  readonly reason: string;
  readonly lite: boolean;
  /** How to reach it, where it is a server: nothing that was meant for another vendor. */
  readonly access: OpenAiAccess;
  /** Absent: the engine's own choice. */
  readonly model?: string;
  readonly voice?: string;
  /** What its entry in a list says of it, in place of the stage's section for this engine. */
  readonly entry?: Omit<EngineEntry<string>, keyof OpenAiAccess>;
  /** Nobody named it: `auto` has it stand by where it is installed. */
  readonly spare?: true;
  /** Made only where nothing before it could be. */
  readonly instead?: true;
}

const LITE: Readonly<Record<ServedStage, { engine: string; does: string }>> = {
  asr: { engine: 'pocketsphinx', does: 'PocketSphinx listens, in English' },
  llm: { engine: 'scripted', does: 'a small script answers' },
  tts: { engine: 'espeak', does: 'eSpeak NG speaks' },
};
/** Where `auto` has the lite engine stand by. A script in the place of a model would be a made-up answer. */
const HAS_SPARE: readonly ServedStage[] = ['asr', 'tts'];
const ON_THIS_MACHINE: Readonly<Record<ServedStage, { engine: string; does: string }>> = {
  asr: { engine: 'sherpa', does: 'sherpa-onnx listens' },
  llm: { engine: 'local', does: 'llama.cpp answers' },
  tts: { engine: 'sherpa', does: 'sherpa-onnx speaks' },
};

/** What people call it. */
export const titleOf = ({ engine, access: { baseUrl } }: Decision): string =>
  engine === 'openai' && baseUrl ? hostOf(baseUrl) : factsOf(engine).title;

/**
 * Which engines serve a stage, in their order, and why. `installed`: a model for it on this machine, where there is one:
 * a folder of sherpa-onnx's, or a GGUF file. Pure: whether an engine can be made shows when it is made.
 */
export function choose(stage: ServedStage, settings: EngineSettings, installed?: string): readonly Decision[] {
  const { engine }: { engine: string | readonly Given[] } = settings[stage];
  if (engine === 'auto') return chooseBest(stage, settings, installed);
  const entries = typeof engine === 'string' ? [engine] : engine;
  const shares = new Shares(entries, settings[stage], settings.openai);
  const decisions: Decision[] = [];
  for (const entry of entries) {
    const decision = named(stage, entry, shares);
    const before = decisions.filter(({ name }) => name.replace(/#\d+$/, '') === decision.name).length;
    decisions.push(before > 0 ? { ...decision, name: `${decision.name}#${before + 1}` } : decision);
  }
  return decisions;
}

function chooseBest(stage: ServedStage, settings: EngineSettings, installed: string | undefined): readonly Decision[] {
  const { apiKey: ownKey, baseUrl: ownUrl } = settings[stage];
  const { apiKey, baseUrl } = settings.openai;
  const { engine: lite, does } = LITE[stage];
  const last = (reason: string) => ({ engine: lite, name: lite, reason, lite: true, access: {} }) as const;
  const openai = (reason: string): readonly Decision[] => {
    const share = new Shares(['openai'], settings[stage], settings.openai).of('openai');
    const best = { engine: 'openai', name: 'openai', reason, lite: false, ...share };
    return share.access.apiKey && HAS_SPARE.includes(stage) ? [best, { ...last('stands by'), spare: true }] : [best];
  };
  const here = ON_THIS_MACHINE[stage];
  const onThisMachine = (reason: string, model?: string): readonly Decision[] => {
    const entry = model === undefined ? {} : { entry: { engine: here.engine, model } };
    return [
      { engine: here.engine, name: here.engine, reason, lite: false, access: {}, ...entry },
      { ...last(does), instead: true },
    ];
  };
  if (ownUrl) return openai(`a server for ${stage} is set: ${hostOf(ownUrl)}`);
  if (ownKey) return openai(`a key for ${stage} is set`);
  const { model } = stage === 'llm' ? settings.llm.local : settings[stage].sherpa;
  if (model) return onThisMachine(`a model for ${stage} is set`);
  if (apiKey) return openai(`OPENAI_API_KEY is set${baseUrl ? `, for ${hostOf(baseUrl)}` : ''}`);
  if (baseUrl && stage === 'llm') return openai(`OPENAI_BASE_URL is set: ${hostOf(baseUrl)}`);
  const why = baseUrl ? 'the server has no key, so only the language model is asked of it' : 'no key and no server';
  if (installed) return onThisMachine(`${why}: ${here.does} with a model that is installed`, installed);
  return [last(`${why}: ${does}`)];
}

function named(stage: ServedStage, given: Given, shares: Shares): Decision {
  const entry = typeof given === 'string' ? undefined : given;
  const { engine, baseUrl, voice } = entry ?? { engine: given as string };
  const { apiKey: _, baseUrl: __, ...rest } = entry ?? { engine };
  return {
    engine,
    name: baseUrl ? `${engine}@${hostOf(baseUrl)}` : engine,
    reason: 'named in the settings',
    lite: engine === LITE[stage].engine,
    ...shares.of(given),
    ...(voice && { voice }),
    ...(entry && { entry: rest }),
  };
}

/** Without what may be secret in it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'its address is not a URL';
}
