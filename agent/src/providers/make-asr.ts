import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type AsrProvider, OPENAI_MODELS, type SherpaAsrKind } from '../contracts/index.ts';
import { FunAsr } from './asr/funasr/index.ts';
import { OpenAiAsr } from './asr/openai.ts';
import { OpenAiRealtimeAsr } from './asr/openai-realtime/index.ts';
import { PocketSphinxAsr } from './asr/pocketsphinx.ts';
import { findPsModel } from './asr/ps-server.ts';
import { type Make, missing, sherpaSettings } from './make.ts';
import { folderFor, SherpaAsr } from './sherpa/index.ts';

const PS_FIX =
  'run "npm run setup" after installing gcc, pkg-config, libpocketsphinx-dev and pocketsphinx-en-us, or set OPENAI_API_KEY';
const FUNASR_FIX =
  'set PARLEY_ENGINES_ASR_BASE_URL, e.g. to wss://localhost:10095, or baseUrl beside its name in a list';

export const makeAsr: Make<AsrProvider> = (decision, settings, options) => {
  switch (decision.engine) {
    case 'openai':
      return openAi(decision, settings, options);
    case 'openai-realtime':
      return realtime(decision, settings, options);
    case 'funasr':
      return funAsr(decision, settings, options);
    case 'sherpa':
      return sherpa(decision, settings, options);
    default:
      return pocketSphinx(decision, settings, options);
  }
};

const openAi: Make<AsrProvider> = async ({ engine, access, model = OPENAI_MODELS.asr }, { asr }, { clock, log }) => {
  if (/^wss?:/.test(access.baseUrl ?? ''))
    throw missing('asr', engine, 'it is asked over http(s)', 'name funasr or openai-realtime for a wss:// address');
  return { engine: new OpenAiAsr({ access, settings: { timeoutMs: asr.timeoutMs, model }, clock, log }) };
};

const realtime: Make<AsrProvider> = async ({ access, model = OPENAI_MODELS.realtime }, { asr }, { clock }) => ({
  engine: await OpenAiRealtimeAsr.load({ access, settings: { timeoutMs: asr.timeoutMs, model }, clock }),
});

const funAsr: Make<AsrProvider> = async ({ engine, access, entry }, { asr }, { clock }) => {
  if (!access.baseUrl) throw missing('asr', engine, 'the address of the FunASR server is not known', FUNASR_FIX);
  // What certificate is trusted was said of the stage's server, not of another.
  const { anyCertificate, ca } = { ...(access.baseUrl === asr.baseUrl && asr.funasr), ...entry };
  const { mode = asr.funasr.mode } = entry ?? {};
  const { timeoutMs } = asr;
  const { apiKey, baseUrl: url } = access;
  return { engine: new FunAsr({ url, apiKey, mode, anyCertificate, ca: await pem(engine, ca), timeoutMs, clock }) };
};

async function pem(engine: string, path: string | undefined): Promise<string | undefined> {
  try {
    return path === undefined ? undefined : await readFile(path, 'utf8');
  } catch (error) {
    throw missing('asr', engine, `the certificates in ${path} cannot be read`, 'engines.asr.funasr.ca names it', error);
  }
}

const sherpa: Make<AsrProvider> = async ({ entry }, { asr }, { env, signal, clock, log }) => {
  const { model, kind, threads } = sherpaSettings(entry, asr.sherpa);
  const folder = await folderFor('asr', model, env);
  // The schema knows the kinds.
  const options = { kind: kind as SherpaAsrKind | undefined, threads, timeoutMs: asr.timeoutMs, clock, log };
  const loaded = await SherpaAsr.load({ model: folder, ...options }, signal);
  return { engine: loaded, note: `${basename(folder)} (${loaded.model.kind})` };
};

const pocketSphinx: Make<AsrProvider> = async ({ engine }, { asr }, { env, signal, clock, log }) => {
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
