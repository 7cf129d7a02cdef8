import type { EngineSettings, OpenAiAccess } from '../contracts/index.ts';

/** The stages that have engines of this room. */
export type ServedStage = 'asr' | 'llm' | 'tts';

export interface Decision {
  readonly engine: string;
  /** A short sentence for people. */
  readonly reason: string;
  readonly lite: boolean;
  /** How to reach it, where it is a server. */
  readonly access: OpenAiAccess;
}

const LITE: Readonly<Record<ServedStage, { engine: string; does: string }>> = {
  asr: { engine: 'pocketsphinx', does: 'PocketSphinx listens, in English' },
  llm: { engine: 'scripted', does: 'a small script answers' },
  tts: { engine: 'espeak', does: 'eSpeak NG speaks' },
};

/** Which engine serves a stage, and why. Pure: whether it can be made shows when it is made. */
export function choose(stage: ServedStage, settings: EngineSettings): Decision {
  const { engine, apiKey: ownKey, baseUrl: ownUrl } = settings[stage];
  const { apiKey, baseUrl } = settings.openai;
  // A key belongs to the server it was given with: a stage's own server is not shown the global key.
  const access: OpenAiAccess = { apiKey: ownKey || (ownUrl ? undefined : apiKey), baseUrl: ownUrl || baseUrl };
  const decide = (name: string, reason: string): Decision => ({
    engine: name,
    reason,
    lite: name === LITE[stage].engine,
    access,
  });
  if (engine !== 'auto') return decide(engine, 'named in the settings');
  if (ownUrl) return decide('openai', `a server for ${stage} is set: ${hostOf(ownUrl)}`);
  if (ownKey) return decide('openai', `a key for ${stage} is set`);
  if (apiKey) return decide('openai', `OPENAI_API_KEY is set${baseUrl ? `, for ${hostOf(baseUrl)}` : ''}`);
  if (baseUrl && stage === 'llm') return decide('openai', `OPENAI_BASE_URL is set: ${hostOf(baseUrl)}`);
  const { engine: lite, does } = LITE[stage];
  return decide(
    lite,
    baseUrl
      ? `the server has no key, so only the language model is asked of it: ${does}`
      : `no key and no server: ${does}`,
  );
}

/** Without what may be secret in it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'its address is not a URL';
}
