import { type EngineChoice, fetchRecommended, isAbort, mayDownload, type RecommendedOptions } from '@parley/agent';
import type { App } from './app.ts';
import type { Config } from './config/index.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface OfferOptions extends Pick<RecommendedOptions, 'models' | 'memory' | 'probeMs'> {
  readonly app: Pick<App, 'log' | 'renewEngines'>;
  readonly engines: Config['engines'];
  /** What serves now. */
  readonly choices: readonly EngineChoice[];
  readonly env: Env;
  readonly signal: AbortSignal;
}

const STAGES = ['asr', 'llm', 'tts'] as const;

/**
 * Where nobody has set an engine, fetches models that are better than the lite engines, while those serve; calls that
 * begin afterwards use them. Nothing waits for it, and nothing fails with it.
 */
export async function offerModels({ app, engines, choices, ...options }: OfferOptions): Promise<void> {
  if (!isWanted(engines.models, options.env)) return;
  const stages = STAGES.filter(
    (stage) => engines[stage].engine === 'auto' && choices.some((each) => each.stage === stage && each.lite),
  );
  try {
    const came = await fetchRecommended({ ...options, stages, say: (line) => app.log.info(line) });
    if (came.length === 0) return;
    const now = (await app.renewEngines()).filter(({ stage }) => stages.some((each) => each === stage));
    for (const { engine, reason } of now) app.log.info(`from the next call on: ${engine}: ${reason}`);
  } catch (error) {
    if (!isAbort(error)) app.log.warn({ err: error }, 'the recommended models could not be fetched');
  }
}

/** `auto`: people who start it with npm start, on a machine of their own. */
const isWanted = (mode: Config['engines']['models'], env: Env): boolean =>
  mode === 'recommended' || (mode === 'auto' && Boolean(env.PARLEY_NPM_START) && mayDownload(env));
