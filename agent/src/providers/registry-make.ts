import { existsSync } from 'node:fs';
import { OpusLibrary } from '../codec/index.ts';
import type { AsrProvider, EngineSettings, LlmProvider, ServedStage, TtsProvider } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';
import { OpenAiAsr } from './asr/openai.ts';
import { PocketSphinxAsr } from './asr/pocketsphinx.ts';
import { findPsModel } from './asr/ps-server.ts';
import type { Decision } from './choose.ts';
import { modelAtHand } from './llm/model-at-hand.ts';
import { OpenAiLlm } from './llm/openai.ts';
import { ScriptedHost } from './llm/scripted-host.ts';
import type { Log } from './log.ts';
import { EspeakTts } from './tts/espeak.ts';
import { OpenAiTts } from './tts/openai.ts';
import { toPinyin } from './tts/pinyin.ts';
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

const PS_FIX =
  'run "npm run setup" after installing gcc, pkg-config, libpocketsphinx-dev and pocketsphinx-en-us, or set OPENAI_API_KEY';
const ESPEAK_FIX = 'install espeak-ng (apt install espeak-ng), or set OPENAI_API_KEY';

export const makeAsr: Make<AsrProvider> = async (decision, { asr }, { env, signal, clock, log }) => {
  const { engine, access, model: named = asr.model } = decision;
  if (engine === 'openai') return { engine: new OpenAiAsr({ access, settings: { ...asr, model: named }, clock, log }) };
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

export const makeLlm: Make<LlmProvider> = async (decision, { llm }, { env, signal, clock, log }) => {
  const { engine, access, model: named = llm.model } = decision;
  if (engine !== 'openai') return { engine: new ScriptedHost({ timeZone: env.TZ || undefined }) };
  const { model, note } = await modelAtHand(access, named, { signal, clock });
  if (note) log?.('warn', note);
  return { engine: new OpenAiLlm({ access, settings: { ...llm, model }, clock }), note };
};

export const makeTts: Make<TtsProvider> = async (decision, { tts }, { signal, clock }) => {
  const { engine, access, model = tts.model } = decision;
  if (engine === 'openai') {
    const opus = tts.format === 'opus' ? await OpusLibrary.load() : undefined;
    return { engine: new OpenAiTts({ access, settings: { ...tts, model }, opus, clock }) };
  }
  try {
    return { engine: await EspeakTts.load({ timeoutMs: tts.timeoutMs, pinyin: toPinyin, clock }, signal) };
  } catch (error) {
    throw missing('tts', engine, 'eSpeak NG does not start', ESPEAK_FIX, error);
  }
};

const missing = (stage: ServedStage, engine: string, what: string, fix: string, cause?: unknown): EngineUnavailable =>
  new EngineUnavailable(stage, engine, `${what}: ${fix}`, { cause });
