import type { EngineSettings, ServedStage, SherpaSettings } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Decision } from './choose.ts';
import type { Log } from './log.ts';
import { EngineUnavailable } from './unavailable.ts';

export interface MakeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log?: Log;
}

/** Makes one engine. `note`: what people should know of it. Throws where it cannot be made. */
export type Make<Engine> = (
  decision: Decision,
  settings: EngineSettings,
  options: MakeOptions,
) => Promise<{ readonly engine: Engine; readonly note?: string }>;

/** An engine that cannot be made, and what to do. */
export const missing = (
  stage: ServedStage,
  engine: string,
  what: string,
  fix: string,
  cause?: unknown,
): EngineUnavailable => new EngineUnavailable(stage, engine, `${what}: ${fix}`, { cause });

/** An entry that names a model has a kind of its own. */
export const sherpaSettings = (entry: Decision['entry'], stage: SherpaSettings): SherpaSettings => ({
  ...(entry?.model ? { threads: stage.threads } : stage),
  ...entry,
});
