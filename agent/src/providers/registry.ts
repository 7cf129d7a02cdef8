import { existsSync } from 'node:fs';
import { OpusLibrary } from '../codec/index.ts';
import type { AsrProvider, EngineChoice, EngineSettings, LlmProvider, TtsProvider } from '../contracts/index.ts';
import { type Clock, systemClock } from '../kernel/index.ts';
import { OpenAiAsr } from './asr/openai.ts';
import { PocketSphinxAsr } from './asr/pocketsphinx.ts';
import { findPsModel } from './asr/ps-server.ts';
import { choose, type Decision, type ServedStage } from './choose.ts';
import { modelAtHand } from './llm/model-at-hand.ts';
import { OpenAiLlm } from './llm/openai.ts';
import { ScriptedHost } from './llm/scripted-host.ts';
import type { Log } from './log.ts';
import { EspeakTts } from './tts/espeak.ts';
import { OpenAiTts } from './tts/openai.ts';
import { toPinyin } from './tts/pinyin.ts';
import { EngineUnavailable, MissingEngine } from './unavailable.ts';

export interface LoadOptions {
  /** `PARLEY_PS_WORKER`: the built recogniser. `TZ`: the scripted host's time zone. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Gives up loading. What is loaded is closed by `close`. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** The engines of every stage, shared by all calls of a thread. */
export interface Engines {
  /** What serves each stage and why, in words for people. */
  readonly choices: readonly EngineChoice[];
  readonly asr: AsrProvider;
  readonly llm: LlmProvider;
  readonly tts: TtsProvider;
  close(): Promise<void>;
}

interface Loaded<T> {
  readonly engine: T;
  readonly choice: EngineChoice;
}

const PS_FIX =
  'run "npm run setup" after installing gcc, pkg-config, libpocketsphinx-dev and pocketsphinx-en-us, or set OPENAI_API_KEY';
const ESPEAK_FIX = 'install espeak-ng (apt install espeak-ng), or set OPENAI_API_KEY';

/**
 * Makes the engines that the settings name, or the best at hand. One that cannot be made is replaced by one that fails
 * each call with the reason: the server must start, and say so.
 */
export async function loadEngines(settings: EngineSettings, options: LoadOptions): Promise<Engines> {
  const [asr, llm, tts] = await Promise.all([
    load('asr', settings, options, loadAsr),
    load('llm', settings, options, loadLlm),
    load('tts', settings, options, loadTts),
  ]);
  const engines: readonly { close?(): Promise<void> }[] = [asr.engine, llm.engine, tts.engine];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    (closing ??= Promise.allSettled(engines.map((engine) => engine.close?.())).then(() => {}));
  if (options.signal.aborted) {
    await close();
    options.signal.throwIfAborted();
  }
  return { choices: [asr.choice, llm.choice, tts.choice], asr: asr.engine, llm: llm.engine, tts: tts.engine, close };
}

type Make<T> = (
  decision: Decision,
  settings: EngineSettings,
  options: LoadOptions,
) => Promise<{ engine: T; note?: string }>;

async function load<T>(
  stage: ServedStage,
  settings: EngineSettings,
  options: LoadOptions,
  make: Make<T>,
): Promise<Loaded<T | MissingEngine>> {
  const decision = choose(stage, settings);
  const { engine, reason, lite } = decision;
  try {
    const made = await make(decision, settings, options);
    return {
      engine: made.engine,
      choice: { stage, engine, lite, reason: made.note ? `${reason}; ${made.note}` : reason },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const missing =
      error instanceof EngineUnavailable ? error : new EngineUnavailable(stage, engine, why, { cause: error });
    if (!options.signal.aborted) options.log?.('warn', missing.message);
    return {
      engine: new MissingEngine(missing),
      choice: { stage, engine, lite, reason: `not available: ${missing.message}` },
    };
  }
}

const loadAsr: Make<AsrProvider> = async ({ engine, access }, { asr }, { env, signal, clock = systemClock, log }) => {
  if (engine === 'openai') return { engine: new OpenAiAsr({ access, settings: asr, clock, log }) };
  const binary = env.PARLEY_PS_WORKER;
  const model = findPsModel();
  if (!binary || !existsSync(binary)) throw missing('asr', engine, 'PocketSphinx is not built', PS_FIX);
  if (!model) throw missing('asr', engine, "PocketSphinx's English model is not installed", PS_FIX);
  try {
    return { engine: await PocketSphinxAsr.load({ binary, model, timeoutMs: asr.timeoutMs, clock, log }, signal) };
  } catch (error) {
    throw missing('asr', engine, 'PocketSphinx does not start', PS_FIX, error);
  }
};

const loadLlm: Make<LlmProvider> = async ({ engine, access }, { llm }, { env, signal, clock = systemClock, log }) => {
  if (engine !== 'openai') return { engine: new ScriptedHost({ timeZone: env.TZ || undefined }) };
  const { model, note } = await modelAtHand(access, llm.model, { signal, clock });
  if (note) log?.('warn', note);
  return { engine: new OpenAiLlm({ access, settings: { ...llm, model }, clock }), note };
};

const loadTts: Make<TtsProvider> = async ({ engine, access }, { tts }, { signal, clock = systemClock }) => {
  if (engine === 'openai') {
    const opus = tts.format === 'opus' ? await OpusLibrary.load() : undefined;
    return { engine: new OpenAiTts({ access, settings: tts, opus, clock }) };
  }
  try {
    return { engine: await EspeakTts.load({ timeoutMs: tts.timeoutMs, pinyin: toPinyin, clock }, signal) };
  } catch (error) {
    throw missing('tts', engine, 'eSpeak NG does not start', ESPEAK_FIX, error);
  }
};

const missing = (stage: ServedStage, engine: string, what: string, fix: string, cause?: unknown): EngineUnavailable =>
  new EngineUnavailable(stage, engine, `${what}: ${fix}`, { cause });
