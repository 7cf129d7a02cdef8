import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SHERPA_ASR_KINDS, SHERPA_TTS_KINDS, type SherpaAsrKind, type SherpaTtsKind } from '../../contracts/index.ts';
import { EngineUnavailable } from '../unavailable.ts';
import type { SherpaAsrModel, SherpaModel, SherpaTtsModel } from './model.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';

type Metadata = ReadonlyMap<string, string>;
type Files = Record<string, string>;

/** What of a folder can be used for recognition; streaming before others, the settings' `kind` before all. */
export async function detectAsrModel(dir: string, kind?: SherpaAsrKind): Promise<SherpaAsrModel> {
  return pick('asr', dir, SHERPA_ASR_KINDS, kind) as Promise<SherpaAsrModel>;
}

/** What of a folder can be used for speech. */
export async function detectTtsModel(dir: string, kind?: SherpaTtsKind): Promise<SherpaTtsModel> {
  return pick('tts', dir, SHERPA_TTS_KINDS, kind) as Promise<SherpaTtsModel>;
}

async function pick(
  stage: 'asr' | 'tts',
  dir: string,
  kinds: readonly string[],
  wished: string | undefined,
): Promise<SherpaModel> {
  const missing = (why: string, options?: ErrorOptions): EngineUnavailable =>
    new EngineUnavailable(stage, 'sherpa', `no sherpa-onnx model for ${stage} in ${dir}: ${why}`, options);
  let names: string[];
  try {
    names = (await readdir(dir)).sort();
  } catch (error) {
    throw missing('the folder cannot be read', { cause: error });
  }
  const found = await modelsIn(resolve(dir), names);
  const usable = kinds.flatMap((kind) => found.filter((model) => model.kind === kind));
  const model = wished === undefined ? usable[0] : usable.find(({ kind }) => kind === wished);
  if (model) return model;
  if (usable.length > 0) throw missing(`it holds ${usable.map(({ kind }) => kind).join(', ')}, not ${wished}`);
  if (found.length > 0) throw missing(`it holds ${found.map(({ kind }) => kind).join(', ')}`);
  if (!names.some((name) => /\.(onnx|ort)$/.test(name))) throw missing('it has no .onnx file; is it unpacked?');
  if (!names.some((name) => /tokens\.txt$/.test(name))) throw missing('it has no tokens.txt');
  throw missing('none of its .onnx files is of a known kind, or they are damaged: download it again');
}

async function modelsIn(dir: string, names: readonly string[]): Promise<SherpaModel[]> {
  const at = (name: string | undefined): string | undefined => name && join(dir, name);
  /** The quantised one where there are both: it is faster, and hardly worse. */
  const find = (pattern: RegExp, quantised = true): string | undefined => {
    const all = names.filter((name) => pattern.test(name) && /\.(onnx|ort)$/.test(name));
    return at(all.find((name) => /int8|quant/.test(name) === quantised) ?? all[0]);
  };
  const tokens = at(names.find((name) => /tokens\.txt$/.test(name)));
  if (!tokens) return [];
  const list = (pattern: RegExp): string | undefined => {
    const all = names.filter((name) => pattern.test(name)).map((name) => join(dir, name));
    return all.length > 0 ? all.join(',') : undefined;
  };
  const common = { tokens };
  // Kokoro comes with two lexicons of English, of which the first would win.
  const spoken = compact({
    tokens,
    dataDir: at(names.find((name) => name === 'espeak-ng-data')),
    lexicon: list(names.includes('lexicon-us-en.txt') ? /^lexicon(?!-gb-en).*\.txt$/ : /^lexicon.*\.txt$/),
    voices: at(names.find((name) => name === 'voices.bin')),
    ruleFsts: list(/\.fst$/),
  });

  const models: (SherpaModel | undefined)[] = [];
  const encoder = find(/encode/);
  const decoder = find(/decode/);
  const joiner = find(/joiner/);
  const merged = find(/decoder_model_merged/);
  const uncached = find(/uncached_decode/);
  const cached = find(/(?<!un)cached_decode/);
  if (encoder && merged) models.push({ kind: 'moonshine', files: { ...common, encoder, mergedDecoder: merged } });
  else if (encoder && uncached && cached) {
    const preprocessor = find(/preprocess/);
    const files = compact({ ...common, preprocessor, encoder, uncachedDecoder: uncached, cachedDecoder: cached });
    models.push({ kind: 'moonshine', files });
  } else if (encoder && decoder && joiner) {
    const bpeVocab = at(names.find((name) => name === 'bpe.vocab'));
    // Quantising the small decoder of a transducer saves nothing.
    const files = compact({ ...common, encoder, decoder: find(/decode/, false), joiner, bpeVocab });
    models.push({ kind: transducerKind(await readOnnxMetadata(encoder)), files });
  } else if (encoder && decoder) {
    models.push(pairOf({ ...common, encoder, decoder }, await readOnnxMetadata(encoder)));
  } else {
    const vocoder = find(/vocos|hifigan/);
    const singles = names.filter((name) => /\.onnx$/.test(name) && !/vocos|hifigan|vad|encode/.test(name));
    const preferred = singles.filter((name) => /int8/.test(name) || !singles.includes(quantisedOf(name)));
    for (const name of preferred) {
      const model = join(dir, name);
      models.push(singleOf(model, await readOnnxMetadata(model), common, spoken, vocoder));
    }
  }
  return models.filter((model) => model !== undefined);
}

const quantisedOf = (name: string): string => name.replace(/\.onnx$/, '.int8.onnx');

function transducerKind(metadata: Metadata): SherpaAsrKind {
  if (metadata.has('decode_chunk_len') || metadata.has('chunk_shift')) return 'streaming-transducer';
  return metadata.get('model_type')?.startsWith('EncDec') ? 'nemo-transducer' : 'transducer';
}

function pairOf(files: Files, metadata: Metadata): SherpaModel | undefined {
  if (metadata.get('model_type')?.startsWith('whisper'))
    return { kind: 'whisper', files, ...(metadata.get('is_multilingual') === '0' && { languages: ['en'] }) };
  if (metadata.has('lfr_window_size')) return { kind: 'streaming-paraformer', files };
  return undefined;
}

function singleOf(
  model: string,
  metadata: Metadata,
  heard: Files,
  spoken: Files,
  vocoder: string | undefined,
): SherpaModel | undefined {
  const type = metadata.get('model_type') ?? '';
  const hears = (kind: SherpaAsrKind, languages?: readonly string[]): SherpaModel => ({
    kind,
    files: { ...heard, model },
    ...(languages && { languages }),
  });
  if (type === 'zipformer2_ctc' || (type === 'zipformer2' && metadata.has('decode_chunk_len')))
    return hears(metadata.has('decode_chunk_len') ? 'streaming-zipformer-ctc' : 'zipformer-ctc');
  if (metadata.has('cache_last_channel_dim1')) return hears('streaming-nemo-ctc');
  if (type.startsWith('EncDec')) return hears('nemo-ctc');
  if (type.startsWith('sense_voice')) return hears('sense-voice', ['zh', 'en', 'ja', 'ko', 'yue']);
  if (type === 'paraformer' || metadata.has('lfr_window_size')) return hears('paraformer');

  const speaks = (kind: SherpaTtsKind, files: Files): SherpaModel => ({
    kind,
    files: { ...spoken, ...files },
    ...describeVoices(metadata),
  });
  if (type === 'kokoro' || (type === '' && metadata.has('style_dim'))) return speaks('kokoro', { model });
  if (type === 'kitten-tts') return speaks('kitten', { model });
  if (type === 'matcha-tts') return vocoder ? speaks('matcha', { acousticModel: model, vocoder }) : undefined;
  if (type.endsWith('vits') || (metadata.has('n_speakers') && metadata.has('comment')))
    return speaks('vits', { model });
  return undefined;
}

function describeVoices(metadata: Metadata): Pick<SherpaModel, 'languages' | 'speakers'> {
  const names = metadata.get('speaker_names')?.split(',') ?? [];
  const voice = metadata.get('voice');
  return { ...(voice && { languages: [voice] }), ...(names.length > 0 && { speakers: names }) };
}

const compact = (files: Record<string, string | undefined>): Files =>
  Object.fromEntries(Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined));
