import { OpusLibrary } from '../codec/index.ts';
import type {
  AsrProvider,
  EngineChoice,
  EngineFallback,
  EngineHealth,
  EngineSettings,
  LlmProvider,
  ServedStage,
  TtsProvider,
} from '../contracts/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import { choose, type Decision, titleOf } from './choose.ts';
import { Chain, FallbackAsr, FallbackLlm, FallbackTts, Health, type Link } from './fallback/index.ts';
import { installedLlm } from './llm/local/index.ts';
import type { Log } from './log.ts';
import type { Make } from './make.ts';
import { makeAsr } from './make-asr.ts';
import { makeLlm } from './make-llm.ts';
import { makeTts } from './make-tts.ts';
import { Picker } from './pick.ts';
import { installedModel } from './sherpa/index.ts';
import { EngineUnavailable, MissingEngine } from './unavailable.ts';

export interface LoadOptions {
  /** `PARLEY_PS_WORKER`: the built recogniser. `TZ`: the scripted host's time zone. `XDG_CACHE_HOME`: of the models. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives up loading. What is loaded is closed by `close`. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly log?: Log;
  /** An engine failed a call, and the next one of its stage took over. */
  readonly onFallback?: (fallback: EngineFallback) => void;
  /** Told of every engine when it is loaded, and whenever it changes. */
  readonly onHealth?: (health: EngineHealth) => void;
}

/** The engines of every stage, shared by all calls of a thread. */
export interface Engines {
  /** What serves each stage and why, in words for people. */
  readonly choices: readonly EngineChoice[];
  readonly asr: AsrProvider;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  /** Engines by the names that `onHealth` tells, for the stages given. Throws EngineUnavailable. */
  pick(picks: { readonly [Stage in ServedStage]?: readonly string[] }): Promise<PickedEngines>;
  close(): Promise<void>;
}

export interface PickedEngines {
  readonly asr?: AsrProvider;
  readonly llm?: LlmProvider;
  readonly tts?: TtsProvider;
}

interface Loaded<T, E extends AsrProvider | LlmProvider | TtsProvider> {
  readonly engine: T;
  readonly picker: Picker<E>;
  readonly choice: EngineChoice;
}

/**
 * Makes the engines that the settings name, or the best at hand. One that cannot be made is left out of its chain;
 * where none can, one that fails each call with the reason takes their place: the server must start, and say so.
 */
export async function loadEngines(settings: EngineSettings, options: LoadOptions): Promise<Engines> {
  const [asr, llm, tts] = await Promise.all([
    load('asr', settings, options, makeAsr, async (chain) => new FallbackAsr(chain)),
    load('llm', settings, options, makeLlm, async (chain) => new FallbackLlm(chain)),
    load('tts', settings, options, makeTts, async (chain) => new FallbackTts(chain, await libraryFor(chain))),
  ]);
  const engines: readonly { close?(): Promise<void> }[] = [asr.engine, llm.engine, tts.engine];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= Promise.allSettled(engines.map((engine) => engine.close?.())).then(() => {}));
  if (options.signal.aborted) {
    await close();
    options.signal.throwIfAborted();
  }
  return {
    choices: [asr.choice, llm.choice, tts.choice],
    asr: asr.engine,
    llm: llm.engine,
    tts: tts.engine,
    pick: async (picks) => ({
      ...(picks.asr && { asr: await asr.picker.pick(picks.asr) }),
      ...(picks.llm && { llm: await llm.picker.pick(picks.llm) }),
      ...(picks.tts && { tts: await tts.picker.pick(picks.tts) }),
    }),
    close,
  };
}

async function load<T extends AsrProvider | LlmProvider | TtsProvider>(
  stage: ServedStage,
  settings: EngineSettings,
  options: LoadOptions,
  make: Make<T>,
  chained: (chain: Chain<T>) => Promise<T>,
): Promise<Loaded<T | MissingEngine, T>> {
  const { clock = systemClock, onFallback } = options;
  const installed = settings[stage].engine === 'auto' ? await installedFor(stage, options.env) : undefined;
  const decisions = choose(stage, settings, installed);
  const makeAll = (some: readonly Decision[]): Promise<(Live<T> | Dead)[]> =>
    Promise.all(some.map((decision) => tryToMake(stage, decision, settings, options, make)));
  const made = await makeAll(decisions.filter((each) => !each.instead));
  if (!made.some((each) => 'link' in each)) made.push(...(await makeAll(decisions.filter((each) => each.instead))));
  const live = made.filter((each) => 'link' in each);
  const dead = made.filter((each) => 'missing' in each);
  const [first] = live;
  if (!first) {
    const { decision, missing } = dead[0] as Dead;
    const { engine, lite } = decision;
    return {
      engine: new MissingEngine(missing),
      picker: new Picker(stage, undefined, chained),
      choice: { stage, engine, lite, reason: `not available: ${missing.message}` },
    };
  }
  const { engine, lite, reason } = first.decision;
  const gone = dead.filter(({ decision }) => !decision.spare).map(({ decision }) => titleOf(decision));
  const next = live.slice(1).map(({ decision }) => titleOf(decision));
  const parts = [
    reason,
    ...(first.note ? [first.note] : []),
    ...(gone.length > 0 ? [`not available: ${gone.join(', ')}`] : []),
    ...(next.length > 0 ? [`then ${next.join(', then ')}`] : []),
  ];
  const chain = new Chain({ stage, links: live.map(({ link }) => link), clock, onFallback });
  const choice = { stage, engine, lite, reason: parts.join('; ') };
  return { engine: await chained(chain), picker: new Picker(stage, chain, chained), choice };
}

const installedFor = (stage: ServedStage, env: LoadOptions['env']): Promise<string | undefined> =>
  stage === 'llm' ? installedLlm(env) : installedModel(stage, env);

interface Live<T> {
  readonly decision: Decision;
  readonly link: Link<T>;
  readonly note?: string;
}

interface Dead {
  readonly decision: Decision;
  readonly missing: EngineUnavailable;
}

async function tryToMake<T>(
  stage: ServedStage,
  decision: Decision,
  settings: EngineSettings,
  options: LoadOptions,
  make: Make<T>,
): Promise<Live<T> | Dead> {
  const { env, signal, clock = systemClock, log, onHealth } = options;
  const { name: engine, spare, voice } = decision;
  try {
    const made = await make(decision, settings, { env, signal, clock, log });
    const health = new Health({
      stage,
      engine,
      clock,
      onChange: (now, reason) => {
        if (now.up) log?.('info', `the ${stage} engine ${engine} works again`);
        else log?.('warn', `the ${stage} engine ${engine} keeps failing: ${reason}`);
        onHealth?.(now);
      },
    });
    onHealth?.({ stage, engine, up: true });
    return { decision, link: { engine: made.engine, health, ...(voice && { voice }) }, note: made.note };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const missing =
      error instanceof EngineUnavailable ? error : new EngineUnavailable(stage, engine, why, { cause: error });
    // A spare that is not installed was never promised.
    if (!signal.aborted && !spare) {
      log?.('warn', missing.message);
      onHealth?.({ stage, engine, up: false, missing: true });
    }
    return { decision, missing };
  }
}

/** For the resampler, where the voices have several rates. */
async function libraryFor({ first, options: { links } }: Chain<TtsProvider>): Promise<OpusLibrary | undefined> {
  return links.some(({ engine }) => engine.rate !== first.engine.rate) ? OpusLibrary.load() : undefined;
}
