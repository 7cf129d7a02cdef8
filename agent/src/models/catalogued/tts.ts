import { archiveOf, type CatalogueModel, filesOf } from '../model.ts';

/*
 * Voices for sherpa-onnx, as it releases them (https://github.com/k2-fsa/sherpa-onnx/releases/tag/tts-models). Sizes and
 * checksums are those of the archives there, which public projects pin and agree on; docs/engines-models.md names them.
 * None was downloaded to try. Matcha's are left out: no page names a licence of theirs. The archives hold data of eSpeak NG, which is under GPL-3.0-or-later.
 */

/** 100 voices for Chinese and three for English; the quantised one of v1.0 is said to be silent at times. */
export const KOKORO: CatalogueModel = {
  name: 'kokoro',
  title: 'Kokoro v1.1, quantised',
  stage: 'tts',
  languages: ['en', 'zh'],
  does: '103 natural voices, both languages in one sentence',
  licence: 'Apache-2.0',
  home: 'https://k2-fsa.github.io/sherpa/onnx/tts/pretrained_models/kokoro.html',
  files: [
    archiveOf(
      'tts-models',
      'kokoro-int8-multi-lang-v1_1',
      [147_031_220, 'a1e94694776049035c4f2c6529f003aaece993c76aae9a78995831c3c4dcafc6'],
      ['model.int8.onnx', 'voices.bin', 'tokens.txt', 'lexicon-us-en.txt', 'lexicon-zh.txt', 'espeak-ng-data/phontab'],
    ),
  ],
};

/** Its licence and that of what it learned from: https://huggingface.co/rhasspy/piper-voices (MIT), LJSpeech (public). */
export const PIPER_LJSPEECH: CatalogueModel = {
  name: 'piper-ljspeech',
  title: 'Piper LJSpeech, medium',
  stage: 'tts',
  languages: ['en'],
  does: "one woman's voice, quick",
  licence: 'MIT',
  home: 'https://huggingface.co/rhasspy/piper-voices/tree/main/en/en_US/ljspeech/medium',
  files: [
    archiveOf(
      'tts-models',
      'vits-piper-en_US-ljspeech-medium',
      [67_169_893, '3dfb4b759d8be032a4903a9538d128b0fda2a06ab1de6cbc2d93a97e2dd83dba'],
      ['en_US-ljspeech-medium.onnx', 'tokens.txt', 'espeak-ng-data/phontab'],
    ),
  ],
};

/** Its size and checksums were found in one project only. */
export const VITS_LJS: CatalogueModel = {
  name: 'vits-ljs',
  title: 'VITS LJSpeech, quantised',
  stage: 'tts',
  languages: ['en'],
  does: "one woman's voice",
  licence: 'Apache-2.0',
  home: 'https://huggingface.co/csukuangfj/vits-ljs',
  files: filesOf('csukuangfj/vits-ljs', '7ac337c834f318e45a34037cb3371cc3929187ff', [
    ['vits-ljs.int8.onnx', 37_423_560, 'b3aa88de0202a040d7d75bac9dbf1a59d81d60c7369046f32241afa7dec65cc1'],
    ['lexicon.txt', 3_708_181, 'bdccfc6da71c45c48e2e0056fcf0aab760577c5f959f6c1b5eb3e3e916fd5a0e'],
    ['tokens.txt', 1084, '5fee2c6b238d712287f2ecb08f34a8a8b413bcb7390862ef6fb6fd6f0f8d3a17'],
  ]),
};
