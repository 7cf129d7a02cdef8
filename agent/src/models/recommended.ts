import { mkdir, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { type Clock, systemClock } from '../kernel/index.ts';
import { RECOMMENDED } from './catalogue.ts';
import { type FetchProgress, fetchModel, ModelUnavailable } from './fetch-model.ts';
import { bytesOf, type CatalogueModel } from './model.ts';
import { type Env, installed, modelsFolder } from './places.ts';
import { probe } from './probe.ts';

export interface RecommendedOptions {
  readonly env: Env;
  /** Which of them are wanted. */
  readonly stages: readonly CatalogueModel['stage'][];
  readonly signal: AbortSignal;
  /** Lines for people: what is fetched, how far it is, and what came of it. */
  readonly say: (line: string) => void;
  readonly clock?: Clock;
  readonly probeMs?: number;
  /** In place of the catalogue's. */
  readonly models?: readonly CatalogueModel[];
  /** Bytes of this machine. */
  readonly memory?: number;
}

/** A language model, its two conversations and everything else want so much, in bytes. */
const LLM_MEMORY = 4e9;
/** Room on the disk for each byte: an archive and what is in it lie side by side for a moment. */
const ROOM = 2.5;
/** Progress is said at each so much of the whole. */
const STEP = 0.1;

const sum = (models: readonly CatalogueModel[]): number => models.reduce((all, model) => all + bytesOf(model), 0);
export const sizeText = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(1, Math.round(bytes / 1e6))} MB`;

/**
 * Fetches what is missing of the recommended models, if they can be reached: whether they can is known in seconds, and
 * said in one line. Gives those that came. Throws the signal's reason when aborted.
 */
export async function fetchRecommended(options: RecommendedOptions): Promise<readonly CatalogueModel[]> {
  const { env, stages, signal, say, clock = systemClock, models = RECOMMENDED, memory = totalmem() } = options;
  const fits = (model: CatalogueModel): boolean => model.stage !== 'llm' || memory >= LLM_MEMORY;
  const missing = models.filter((model) => stages.includes(model.stage) && fits(model) && !installed(model, env));
  if (missing.length === 0) return [];
  const later = 'the lite engines serve ("npm run models" says more)';
  if (!(await hasRoom(sum(missing) * ROOM, modelsFolder(env)))) {
    say(`No room for the recommended models (${sizeText(sum(missing))}) in ${modelsFolder(env)}: ${later}`);
    return [];
  }
  const reach = await probe(missing, { env, signal, clock, ms: options.probeMs });
  signal.throwIfAborted();
  const reached = missing.filter((model) => reach.has(model));
  if (reached.length === 0) {
    say(`The recommended models (${sizeText(sum(missing))}) cannot be reached from here: ${later}`);
    return [];
  }
  const names = reached.map((model) => `${model.title} (${sizeText(bytesOf(model))})`).join(', ');
  say(`Fetching the recommended models, ${sizeText(sum(reached))} in all: ${names}. PARLEY_MODELS=none declines`);
  const progress = new Progress(sum(reached), say);
  const came: CatalogueModel[] = [];
  for (const model of reached) {
    try {
      await fetchModel(model, { env, signal, clock, reaches: reach.get(model), onProgress: progress.at });
      came.push(model);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelUnavailable) && !('code' in (error as Error))) throw error;
      const [what] = (error as Error).message.split('\n');
      say(`${what?.replace(/:$/, '')}: ${later}, and the next start goes on`);
    }
    progress.done(model);
  }
  return came;
}

async function hasRoom(bytes: number, folder: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= bytes;
}

/** Says how far several models are, now and then. */
class Progress {
  readonly #whole: number;
  readonly #say: (line: string) => void;
  #before = 0;
  #said = 0;

  constructor(whole: number, say: (line: string) => void) {
    this.#whole = whole;
    this.#say = say;
  }

  readonly at = ({ bytes, from }: FetchProgress): void => {
    const share = (this.#before + bytes) / this.#whole;
    if (share < this.#said + STEP || share >= 1) return;
    this.#said = Math.floor(share / STEP) * STEP;
    this.#say(`The recommended models: ${Math.round(share * 100)} % of ${sizeText(this.#whole)}, from ${from}`);
  };

  done(model: CatalogueModel): void {
    this.#before += bytesOf(model);
  }
}
