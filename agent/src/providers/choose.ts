import type { EngineEntry, EngineSettings, OpenAiAccess, ServedStage } from '../contracts/index.ts';

export interface Decision {
  readonly engine: string;
  /** What tells it from the others of its stage, in the log and the metrics: `openai`, `openai@localhost:11434`. */
  readonly name: string;
  /** A short sentence for people. */
  readonly reason: string;
  readonly lite: boolean;
  /** How to reach it, where it is a server. */
  readonly access: OpenAiAccess;
  /** In place of the stage's. */
  readonly model?: string;
  readonly voice?: string;
  /** Nobody named it: `auto` has it stand by where it is installed. */
  readonly spare?: true;
}

const LITE: Readonly<Record<ServedStage, { engine: string; does: string }>> = {
  asr: { engine: 'pocketsphinx', does: 'PocketSphinx listens, in English' },
  llm: { engine: 'scripted', does: 'a small script answers' },
  tts: { engine: 'espeak', does: 'eSpeak NG speaks' },
};
/** Where `auto` has the lite engine stand by. A script in the place of a model would be a made-up answer. */
const HAS_SPARE: readonly ServedStage[] = ['asr', 'tts'];

const TITLES: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  pocketsphinx: 'PocketSphinx, in English',
  scripted: 'a small script',
  espeak: 'eSpeak NG',
};

/** What people call it. */
export const titleOf = ({ engine, access: { baseUrl } }: Decision): string =>
  engine === 'openai' && baseUrl ? hostOf(baseUrl) : (TITLES[engine] ?? engine);

/** Which engines serve a stage, in their order, and why. Pure: whether one can be made shows when it is made. */
export function choose(stage: ServedStage, settings: EngineSettings): readonly Decision[] {
  const { engine }: { engine: string | readonly (string | EngineEntry<string>)[] } = settings[stage];
  if (engine === 'auto') return chooseBest(stage, settings);
  const entries = typeof engine === 'string' ? [engine] : engine;
  const decisions: Decision[] = [];
  for (const entry of entries) {
    const decision = named(stage, settings, entry);
    const before = decisions.filter(({ name }) => name.replace(/#\d+$/, '') === decision.name).length;
    decisions.push(before > 0 ? { ...decision, name: `${decision.name}#${before + 1}` } : decision);
  }
  return decisions;
}

function chooseBest(stage: ServedStage, settings: EngineSettings): readonly Decision[] {
  const { apiKey: ownKey, baseUrl: ownUrl } = settings[stage];
  const { apiKey, baseUrl } = settings.openai;
  const access = accessOf(stage, settings);
  const { engine: lite, does } = LITE[stage];
  const openai = (reason: string): readonly Decision[] => {
    const spare = { engine: lite, name: lite, reason: 'stands by', lite: true, access, spare: true } as const;
    const best = { engine: 'openai', name: 'openai', reason, lite: false, access };
    return access.apiKey && HAS_SPARE.includes(stage) ? [best, spare] : [best];
  };
  if (ownUrl) return openai(`a server for ${stage} is set: ${hostOf(ownUrl)}`);
  if (ownKey) return openai(`a key for ${stage} is set`);
  if (apiKey) return openai(`OPENAI_API_KEY is set${baseUrl ? `, for ${hostOf(baseUrl)}` : ''}`);
  if (baseUrl && stage === 'llm') return openai(`OPENAI_BASE_URL is set: ${hostOf(baseUrl)}`);
  const why = baseUrl ? 'the server has no key, so only the language model is asked of it' : 'no key and no server';
  return [{ engine: lite, name: lite, reason: `${why}: ${does}`, lite: true, access }];
}

function named(stage: ServedStage, settings: EngineSettings, entry: string | EngineEntry<string>): Decision {
  const { engine, apiKey, baseUrl, model, voice } = typeof entry === 'string' ? { engine: entry } : entry;
  const shared = accessOf(stage, settings);
  return {
    engine,
    name: engine === 'openai' && baseUrl ? `${engine}@${hostOf(baseUrl)}` : engine,
    reason: 'named in the settings',
    lite: engine === LITE[stage].engine,
    access: { apiKey: apiKey || (baseUrl ? undefined : shared.apiKey), baseUrl: baseUrl || shared.baseUrl },
    ...(model && { model }),
    ...(voice && { voice }),
  };
}

/** A key belongs to the server it was given with: a stage's own server is not shown the global key. */
function accessOf(stage: ServedStage, { openai, [stage]: own }: EngineSettings): OpenAiAccess {
  return {
    apiKey: own.apiKey || (own.baseUrl ? undefined : openai.apiKey),
    baseUrl: own.baseUrl || openai.baseUrl,
  };
}

/** Without what may be secret in it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'its address is not a URL';
}
