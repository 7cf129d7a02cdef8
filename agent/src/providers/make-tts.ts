import { basename } from 'node:path';
import { OpusLibrary } from '../codec/index.ts';
import { OPENAI_MODELS, ProviderError, type SherpaTtsKind, type TtsProvider } from '../contracts/index.ts';
import { raceAbort } from '../kernel/index.ts';
import { Deadline } from './deadline.ts';
import { type Make, missing, sherpaSettings } from './make.ts';
import { folderFor, SherpaTts } from './sherpa/index.ts';
import { CoquiTts } from './tts/coqui/coqui.ts';
import { EdgeTts } from './tts/edge/edge.ts';
import { EspeakTts } from './tts/espeak.ts';
import { GoogleTts } from './tts/google/google.ts';
import { OpenAiTts } from './tts/openai.ts';
import { toPinyin } from './tts/pinyin.ts';

const ESPEAK_FIX = 'install espeak-ng (apt install espeak-ng), or set OPENAI_API_KEY';
const COQUI_FIX =
  'set PARLEY_ENGINES_TTS_BASE_URL, e.g. to http://localhost:5002, or baseUrl beside its name in a list';
const GOOGLE_FIX =
  'set GOOGLE_APPLICATION_CREDENTIALS to the key file of a service account, or PARLEY_ENGINES_TTS_API_KEY to an API key';
const EDGE_NOTE = 'a Microsoft service that is not offered as a public API';
/** The start waits no longer for a server that may come up later. */
const WARM_MS = 2000;

export const makeTts: Make<TtsProvider> = (decision, settings, options) => {
  switch (decision.engine) {
    case 'openai':
      return openAi(decision, settings, options);
    case 'google':
      return google(decision, settings, options);
    case 'edge':
      return edge(decision, settings, options);
    case 'coqui':
      return coqui(decision, settings, options);
    case 'sherpa':
      return sherpa(decision, settings, options);
    default:
      return espeak(decision, settings, options);
  }
};

const openAi: Make<TtsProvider> = async ({ access, model = OPENAI_MODELS.tts }, { tts }, { clock }) => {
  const { format, timeoutMs } = tts;
  const opus = format === 'opus' ? await OpusLibrary.load() : undefined;
  return { engine: new OpenAiTts({ access, settings: { format, timeoutMs, model }, opus, clock }) };
};

const google: Make<TtsProvider> = async ({ engine, access, model }, { tts }, { signal, clock }) => {
  try {
    return { engine: await GoogleTts.load({ access, model, timeoutMs: tts.timeoutMs, clock }, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ProviderError)) throw error;
    throw missing('tts', engine, 'Google Cloud has no usable credentials', GOOGLE_FIX, error);
  }
};

const edge: Make<TtsProvider> = async ({ access: { baseUrl } }, { tts }, { clock }) => {
  const opus = await OpusLibrary.load();
  return { engine: new EdgeTts({ baseUrl, timeoutMs: tts.timeoutMs, opus, clock }), note: EDGE_NOTE };
};

const coqui: Make<TtsProvider> = async ({ engine, access: { baseUrl } }, { tts }, { signal, clock, log }) => {
  if (!baseUrl) throw missing('tts', engine, 'the address of the Coqui server is not known', COQUI_FIX);
  const opus = await OpusLibrary.load();
  const made = new CoquiTts({ baseUrl, timeoutMs: tts.timeoutMs, opus, clock });
  const deadline = new Deadline({ stage: 'tts', ms: WARM_MS, parent: signal, clock });
  try {
    await raceAbort(made.warm(deadline.signal), deadline.signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (!signal.aborted) log?.('warn', `${why}; it is asked again with each text`);
  } finally {
    deadline.close();
  }
  return { engine: made };
};

const sherpa: Make<TtsProvider> = async ({ entry }, { tts }, { env, signal, clock, log }) => {
  const { model, kind, threads } = sherpaSettings(entry, tts.sherpa);
  const folder = await folderFor('tts', model, env);
  // The schema knows the kinds.
  const options = { kind: kind as SherpaTtsKind | undefined, threads, timeoutMs: tts.timeoutMs, clock, log };
  const loaded = await SherpaTts.load({ model: folder, ...options }, signal);
  return { engine: loaded, note: `${basename(folder)} (${loaded.model.kind})` };
};

const espeak: Make<TtsProvider> = async ({ engine }, { tts }, { signal, clock }) => {
  try {
    return { engine: await EspeakTts.load({ timeoutMs: tts.timeoutMs, pinyin: toPinyin, clock }, signal) };
  } catch (error) {
    throw missing('tts', engine, 'eSpeak NG does not start', ESPEAK_FIX, error);
  }
};
