import type { EngineSettings } from '@parley/agent';
// biome-ignore lint/style/noRestrictedImports: chooses engines as the product does
import { choose, type Decision } from '../../agent/src/providers/choose.ts';

export type HeardStage = 'asr' | 'tts';
export type Env = Readonly<Record<string, string | undefined>>;

/** An engine that may be measured. */
export interface Candidate {
  /** In the names of its figures. */
  readonly name: string;
  readonly decision: Decision;
  /** Why it is not even tried. */
  readonly leftOut?: string;
}

const EDGE = 'it is no public service, so it has to be named: docs/engines-tts.md';
const REALTIME = 'not OpenAI itself, so it has to be named: docs/engines-asr.md';
const NO_KEY = 'OPENAI_API_KEY is not set';
const NO_ACCOUNT = 'GOOGLE_APPLICATION_CREDENTIALS is not set';

/**
 * Every engine of a stage: those that the settings name, as they name them, and all others without what is meant for
 * those. A server that nobody has given access to is left out; whether the rest can be had, shows when it is made.
 */
export function candidates(
  stage: HeardStage,
  settings: EngineSettings,
  engines: readonly string[],
  env: Env,
): Candidate[] {
  const named = namedBy(stage, settings);
  const rest = engines.filter((engine) => !named.some((decision) => decision.engine === engine));
  const { apiKey: _, baseUrl: __, model: ___, ...own } = settings[stage];
  const others = rest.flatMap((engine) => choose(stage, { ...settings, [stage]: { ...own, engine: [engine] } }));
  return [
    ...named.map((decision) => candidate(stage, decision, true, env)),
    ...others.map((decision) => candidate(stage, decision, false, env)),
  ];
}

/** `auto` gives a stage's own server and key to OpenAI's API. */
function namedBy(stage: HeardStage, settings: EngineSettings): readonly Decision[] {
  const { engine, apiKey, baseUrl } = settings[stage];
  if (engine !== 'auto') return choose(stage, settings);
  return apiKey || baseUrl ? choose(stage, { ...settings, [stage]: { ...settings[stage], engine: ['openai'] } }) : [];
}

function candidate(stage: HeardStage, decision: Decision, isNamed: boolean, env: Env): Candidate {
  const { engine, access } = decision;
  const leftOut = (): string | undefined => {
    if (isNamed) return undefined;
    if (engine === 'edge') return EDGE;
    if (engine.startsWith('openai') && !access.apiKey) return NO_KEY;
    if (engine === 'openai-realtime' && access.baseUrl) return REALTIME;
    if (engine === 'google' && !env.GOOGLE_APPLICATION_CREDENTIALS) return NO_ACCOUNT;
    return undefined;
  };
  const why = leftOut();
  return { name: figureName(stage, decision.name), decision, ...(why && { leftOut: why }) };
}

/** Some hear and speak: their voices are told apart. */
export function figureName(stage: HeardStage, name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return stage === 'tts' ? plain.replace(/^(openai|sherpa)/, '$1_tts') : plain;
}
