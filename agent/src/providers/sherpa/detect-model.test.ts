import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { failureOf, HUM_VOICE, TINY_ASR } from '../../testing/index.ts';
import { detectAsrModel, detectTtsModel } from './detect-model.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';

const folder = mkdtempSync(join(tmpdir(), 'sherpa-models-'));
afterAll(() => rmSync(folder, { recursive: true }));
let folders = 0;

const field = (number: number, bytes: Buffer): Buffer => {
  const length: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.of((number << 3) | 2, ...length), bytes]);
};

/** A graph of nothing, with what is said of it: enough to be told by. */
const onnx = (metadata: Record<string, string>): Buffer =>
  Buffer.concat([
    Buffer.of(8, 8),
    field(7, Buffer.alloc(5000, 1)),
    ...Object.entries(metadata).map(([key, value]) =>
      field(14, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
    ),
  ]);

/** A folder with these files: metadata for ONNX, nothing for others. */
function holding(files: Record<string, Record<string, string>>): string {
  const dir = join(folder, String(++folders));
  for (const [name, metadata] of Object.entries({ 'tokens.txt': {}, ...files })) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), name.endsWith('.onnx') ? onnx(metadata) : '');
  }
  return dir;
}

const rolesOf = ({ files }: { files: Readonly<Record<string, string>> }): string[] => Object.keys(files).sort();
const zipformer = { 'decoder.onnx': {}, 'joiner.onnx': {} };

describe('a recogniser', () => {
  test.each([
    ['streaming-transducer', { 'encoder.onnx': { model_type: 'zipformer2', decode_chunk_len: '32' }, ...zipformer }],
    ['streaming-transducer', { 'encoder.onnx': { model_type: 'EncDecRNNTBPEModel', chunk_shift: '8' }, ...zipformer }],
    ['transducer', { 'encoder.onnx': { model_type: 'zipformer2' }, ...zipformer }],
    ['nemo-transducer', { 'encoder.int8.onnx': { model_type: 'EncDecRNNTBPEModel' }, ...zipformer }],
    ['streaming-paraformer', { 'encoder.int8.onnx': { lfr_window_size: '7' }, 'decoder.int8.onnx': {} }],
    ['paraformer', { 'model.int8.onnx': { lfr_window_size: '7', neg_mean: '1' } }],
    ['sense-voice', { 'model.int8.onnx': { model_type: 'sense_voice_ctc', lfr_window_size: '7' } }],
    [
      'whisper',
      { 'tiny-encoder.onnx': { model_type: 'whisper-tiny' }, 'tiny-decoder.onnx': {}, 'tiny-tokens.txt': {} },
    ],
    ['streaming-zipformer-ctc', { 'ctc.onnx': { model_type: 'zipformer2', decode_chunk_len: '32' } }],
    ['nemo-ctc', { 'model.onnx': { model_type: 'EncDecCTCModelBPE' } }],
    [
      'moonshine',
      { 'preprocess.onnx': {}, 'encode.int8.onnx': {}, 'uncached_decode.int8.onnx': {}, 'cached_decode.int8.onnx': {} },
    ],
    ['moonshine', { 'encoder_model.ort': {}, 'decoder_model_merged.ort': {} }],
  ])('is known to be %s by what its files say', async (kind, files) => {
    expect(await detectAsrModel(holding(files as Record<string, Record<string, string>>))).toMatchObject({ kind });
  });

  test('is taken quantised where there are both, but for the decoder of a transducer', async () => {
    const streaming = { model_type: 'zipformer2', decode_chunk_len: '32' };
    const dir = holding({
      'encoder.onnx': streaming,
      'encoder.int8.onnx': streaming,
      'decoder.onnx': {},
      'decoder.int8.onnx': {},
      'joiner.onnx': {},
      'joiner.int8.onnx': {},
      'bpe.vocab': {},
    });
    expect((await detectAsrModel(dir)).files).toEqual({
      encoder: join(dir, 'encoder.int8.onnx'),
      decoder: join(dir, 'decoder.onnx'),
      joiner: join(dir, 'joiner.int8.onnx'),
      tokens: join(dir, 'tokens.txt'),
      bpeVocab: join(dir, 'bpe.vocab'),
    });
  });

  test('knows its languages where they are known', async () => {
    const english = { 'a-encoder.onnx': { model_type: 'whisper-tiny.en', is_multilingual: '0' }, 'a-decoder.onnx': {} };
    expect((await detectAsrModel(holding(english))).languages).toEqual(['en']);
    const sense = { 'model.onnx': { model_type: 'sense_voice_ctc' } };
    expect((await detectAsrModel(holding(sense))).languages).toContain('zh');
  });

  test('is the streaming one of several, or the one that is named', async () => {
    expect(await detectAsrModel(TINY_ASR)).toMatchObject({ kind: 'streaming-nemo-ctc' });
    expect(await detectAsrModel(TINY_ASR, 'zipformer-ctc')).toMatchObject({ kind: 'zipformer-ctc' });
  });
});

describe('a voice', () => {
  test.each([
    ['kokoro', { 'model.onnx': { model_type: 'kokoro', speaker_names: 'af_heart,zm_yunxi' }, 'voices.bin': {} }],
    ['kitten', { 'model.fp16.onnx': { model_type: 'kitten-tts' }, 'voices.bin': {} }],
    [
      'matcha',
      { 'model-steps-3.onnx': { model_type: 'matcha-tts' }, 'vocos-22khz-univ.onnx': { model_type: 'vocos' } },
    ],
    ['vits', { 'en_GB-cori-medium.onnx': { model_type: 'vits', comment: 'piper', n_speakers: '1' } }],
  ])('is known to be %s by what its files say', async (kind, files) => {
    expect(await detectTtsModel(holding(files as Record<string, Record<string, string>>))).toMatchObject({ kind });
  });

  test('takes its lexica, rules and eSpeak data with it', async () => {
    const dir = holding({
      'model.onnx': { model_type: 'kokoro', voice: 'en-us' },
      'voices.bin': {},
      'lexicon-gb-en.txt': {},
      'lexicon-us-en.txt': {},
      'lexicon-zh.txt': {},
      'number-zh.fst': {},
      'espeak-ng-data/phontab': {},
    });
    const model = await detectTtsModel(dir);
    expect(rolesOf(model)).toEqual(['dataDir', 'lexicon', 'model', 'ruleFsts', 'tokens', 'voices']);
    expect(model.files.lexicon).toBe(`${join(dir, 'lexicon-us-en.txt')},${join(dir, 'lexicon-zh.txt')}`);
    expect(model.languages).toEqual(['en-us']);
  });
});

describe('a folder without a usable model', () => {
  test.each([
    ['is not there', '/no/such/folder', 'cannot be read'],
    ['is empty', holding({}), 'unpacked'],
    ['holds a voice', HUM_VOICE, 'it holds vits'],
    ['holds what nobody knows', holding({ 'model.onnx': { model_type: 'gtcrn' } }), 'known kind'],
  ])('that %s is said to be so', async (_, dir, why) => {
    expect(await failureOf(detectAsrModel(dir))).toMatchObject({
      name: 'EngineUnavailable',
      stage: 'asr',
      message: expect.stringMatching(new RegExp(`no sherpa-onnx model for asr in .*${why}`)),
    });
  });

  test('of the kind that is named says what it holds', async () => {
    expect(await failureOf(detectAsrModel(TINY_ASR, 'whisper'))).toMatchObject({
      message: expect.stringContaining('streaming-nemo-ctc, zipformer-ctc, not whisper'),
    });
  });
});

test('what was written into a model is read without its weights', async () => {
  const metadata = await readOnnxMetadata(join(HUM_VOICE, 'model.onnx'));
  expect(metadata.get('comment')).toBe('coqui');
  expect(metadata.get('n_speakers')).toBe('3');
  expect(await readOnnxMetadata(join(HUM_VOICE, 'README.md'))).toEqual(new Map());
});
