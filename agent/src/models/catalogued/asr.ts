import { archiveOf, type CatalogueModel, filesOf } from '../model.ts';

/*
 * Recognisers for sherpa-onnx. Where its makers' release is an archive of all variants, these are their files on Hugging
 * Face, whose pages name licence, revision and rounded sizes. Sizes to the byte and checksums are those that public
 * projects pin, of which several agree on each; docs/engines-models.md names them. None was downloaded to try.
 */

export const ZIPFORMER_ZH_EN: CatalogueModel = {
  name: 'zipformer-zh-en',
  title: 'Streaming Zipformer, Chinese and English (2023-02-20)',
  stage: 'asr',
  languages: ['zh', 'en'],
  does: 'words while they are spoken, both languages in one sentence',
  licence: 'Apache-2.0',
  home: 'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-zipformer-bilingual-zh-en-2023-02-20',
  files: filesOf(
    'csukuangfj/sherpa-onnx-streaming-zipformer-bilingual-zh-en-2023-02-20',
    '98590b7ed6443e77b714204da2757d75e1a642f4',
    [
      [
        'encoder-epoch-99-avg-1.int8.onnx',
        181_895_032,
        '8fa764187a261844f859d7143ebaa563af5d10adfece4c18a8f414c88cba2a9b',
      ],
      ['decoder-epoch-99-avg-1.onnx', 13_876_452, '2e3b5ec371f8899ee6acd829fd753ba45772df57a91bdf37cde3136354e7db7d'],
      [
        'joiner-epoch-99-avg-1.int8.onnx',
        3_228_404,
        '1ed689c5ed19dbaa725d9d191bb4822b5f4855a39e1ffd28cbc1f340d25b2ee0',
      ],
      ['tokens.txt', 56_317, 'a8e0e4ec53810e433789b54a5c0134a7eaa2ffca595a6334d54c00da858841d3'],
    ],
  ),
};

export const ZIPFORMER_EN: CatalogueModel = {
  name: 'zipformer-en',
  title: 'Streaming Zipformer, English (2023-06-26)',
  stage: 'asr',
  languages: ['en'],
  does: 'words while they are spoken',
  licence: 'Apache-2.0',
  home: 'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-zipformer-en-2023-06-26',
  files: filesOf(
    'csukuangfj/sherpa-onnx-streaming-zipformer-en-2023-06-26',
    '672fbf1b30579d6585301139bb363f42a0ad4a24',
    [
      [
        'encoder-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        71_083_163,
        '563fde436d16cf7607cf408cd6b30909819d03162652ef389c2450ced3f45ac1',
      ],
      [
        'decoder-epoch-99-avg-1-chunk-16-left-128.onnx',
        2_092_621,
        '7bf787f90b194b307e5a4ad6a34fadb4e748304c35f78a8d66358a05b13ee6ef',
      ],
      [
        'joiner-epoch-99-avg-1-chunk-16-left-128.int8.onnx',
        259_335,
        'd944208d660d67c8d72cd2acaeac971fa5ceb8c80e76c1968148846fedd6e297',
      ],
      ['tokens.txt', 5048, '49e3c2646595fd907228b3c6787069658f67b17377c60aeb8619c4551b2316fb'],
    ],
  ),
};

/** Its licence: https://github.com/modelscope/FunASR/blob/main/MODEL_LICENSE */
export const SENSE_VOICE: CatalogueModel = {
  name: 'sense-voice',
  title: 'SenseVoice Small, quantised (2024-07-17)',
  stage: 'asr',
  languages: ['zh', 'yue', 'en', 'ja', 'ko'],
  does: 'words and punctuation at the end of an utterance',
  licence: 'LicenseRef-FunASR-Model-License',
  home: 'https://huggingface.co/csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17',
  files: filesOf(
    'csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17',
    '2365baeacb507f821a0c8120fcee3d484dba7a07',
    [
      ['model.int8.onnx', 239_233_841, 'c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51'],
      ['tokens.txt', 315_894, 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc'],
    ],
  ),
};

export const PARAFORMER_ZH_EN: CatalogueModel = {
  name: 'paraformer-zh-en',
  title: 'Streaming Paraformer, Chinese and English',
  stage: 'asr',
  languages: ['zh', 'en'],
  does: 'words while they are spoken; Chinese better than English',
  licence: 'Apache-2.0',
  home: 'https://huggingface.co/csukuangfj/sherpa-onnx-streaming-paraformer-bilingual-zh-en',
  files: filesOf(
    'csukuangfj/sherpa-onnx-streaming-paraformer-bilingual-zh-en',
    '8e40c43232a1c5c66c82111efc5820d3accca11b',
    [
      ['encoder.int8.onnx', 165_462_184, '81a70226a8934e6ed92aa1d4fc486b428b5398e2f2619ed4897b7294cab90e9a'],
      ['decoder.int8.onnx', 71_664_561, 'f3cca9f77bb9d93c8fcbfb63ae617b6b1ee96818df3aa3b151c40658fe38594f'],
      ['tokens.txt', 75_756, '59aba8873a2ed1e122c25fee421e25f283b63290efbde85c1f01a853d83cb6e6'],
    ],
  ),
};

/** Its licence: https://github.com/openai/whisper/blob/main/README.md ("code and model weights", MIT). */
const whisper = (
  size: 'tiny' | 'base',
  revision: string,
  encoder: readonly [number, string],
  decoder: readonly [number, string],
): CatalogueModel => ({
  name: `whisper-${size}`,
  title: `Whisper ${size}, quantised`,
  stage: 'asr',
  languages: ['mul'],
  does: 'some hundred languages, at the end of an utterance',
  licence: 'MIT',
  home: `https://huggingface.co/csukuangfj/sherpa-onnx-whisper-${size}`,
  files: filesOf(`csukuangfj/sherpa-onnx-whisper-${size}`, revision, [
    [`${size}-encoder.int8.onnx`, ...encoder],
    [`${size}-decoder.int8.onnx`, ...decoder],
    [`${size}-tokens.txt`, 816_730, 'b34b360dbb493e781e479794586d661700670d65564001f23024971d1f2fa126'],
  ]),
});

export const WHISPER_TINY = whisper(
  'tiny',
  '65176e2deb88badc814a94058666cadccc29b61c',
  [12_937_772, 'd24fb083ae3b1041fc24e97971d60e280c9342201fbb67b0ab428a8b4a51a434'],
  [89_855_401, 'd2fece8dd42771f1df975c6c0445770d0c292bf7547c2cae04a6c0cc57540925'],
);

export const WHISPER_BASE = whisper(
  'base',
  'bb53ee204431c90d314c1cc08d28d23e5b7927cc',
  [29_120_534, '0b8fb1304b6109976038efff5ace81720e00386f3ff6b54ee8c75291ca0a1e11'],
  [130_672_026, '9759d217388a01b3a4c7c15533201067b48ae819c4daafc8624e64b9409dc02d'],
);

/** Its licence: https://github.com/moonshine-ai/moonshine (MIT for the English models). */
export const MOONSHINE_TINY: CatalogueModel = {
  name: 'moonshine-tiny',
  title: 'Moonshine Tiny, English, quantised (2026-02-27)',
  stage: 'asr',
  languages: ['en'],
  does: 'the smallest; words at the end of an utterance',
  licence: 'MIT',
  home: 'https://k2-fsa.github.io/sherpa/onnx/moonshine/index.html',
  files: [
    archiveOf(
      'asr-models',
      'sherpa-onnx-moonshine-tiny-en-quantized-2026-02-27',
      [29_858_559, '9ec31b342d8fa3240c3b81b8f82e1cf7e3ac467c93ca5a999b741d5887164f8d'],
      ['encoder_model.ort', 'decoder_model_merged.ort', 'tokens.txt'],
    ),
  ],
};
