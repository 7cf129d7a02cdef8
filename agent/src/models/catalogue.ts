/** A file of a model, known to the byte. */
export interface ModelFile {
  /** In the model's folder. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly huggingFace?: { readonly repo: string; readonly revision: string };
  /** Other places of the same bytes. */
  readonly urls?: readonly string[];
}

/** A model that can be had, and what people want to know before they download it. */
export interface CatalogueModel {
  readonly name: string;
  readonly title: string;
  /** What it is good for, in a few words. */
  readonly does: string;
  /** SPDX; `LicenseRef-` for one that is not in its list. */
  readonly licence: string;
  readonly home: string;
  readonly files: readonly ModelFile[];
}

/**
 * Smart Turn v3.2, quantised for CPUs. It is released on Hugging Face, whose page names the licence and 8 MB; size,
 * checksum and revision are those that public projects pin and agree on. Pipecat, of the same makers, has a file of this
 * name in its repository: the checksum tells whether it is the same. docs/adr/0013 has the sources.
 */
const SMART_TURN: CatalogueModel = {
  name: 'smart-turn',
  title: 'Smart Turn v3.2',
  does: 'tells by ear whether a caller has finished',
  licence: 'BSD-2-Clause',
  home: 'https://huggingface.co/pipecat-ai/smart-turn-v3',
  files: [
    {
      name: 'smart-turn-v3.2-cpu.onnx',
      bytes: 8_679_182,
      sha256: '2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f',
      huggingFace: { repo: 'pipecat-ai/smart-turn-v3', revision: 'f766f81d3cfdf7737ac64aad813d91bbfd56bf93' },
      urls: [
        'https://raw.githubusercontent.com/pipecat-ai/pipecat/acead0507d7de44e216d24533964106ca1d1d044/src/pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx',
      ],
    },
  ],
};

/**
 * Models of sherpa-onnx, file by file: its makers' releases are archives of all variants, so these are their files on
 * Hugging Face, whose pages name licence, revision and rounded sizes. Sizes to the byte and checksums are those that
 * public projects pin. Several agree on each; the model of vits-ljs was found in one only. None was downloaded to try.
 */
const ZIPFORMER_EN: CatalogueModel = {
  name: 'zipformer-en',
  title: 'Streaming Zipformer, English (2023-06-26)',
  does: 'recognises English while it is spoken (engines.asr.engine: sherpa)',
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
const SENSE_VOICE: CatalogueModel = {
  name: 'sense-voice',
  title: 'SenseVoice Small, quantised (2024-07-17)',
  does: 'recognises Chinese, Cantonese, English, Japanese and Korean at the end of an utterance (engines.asr.engine: sherpa)',
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

const VITS_LJS: CatalogueModel = {
  name: 'vits-ljs',
  title: 'VITS LJSpeech, quantised',
  does: "speaks English with one woman's voice (engines.tts.engine: sherpa)",
  licence: 'Apache-2.0',
  home: 'https://huggingface.co/csukuangfj/vits-ljs',
  files: filesOf('csukuangfj/vits-ljs', '7ac337c834f318e45a34037cb3371cc3929187ff', [
    ['vits-ljs.int8.onnx', 37_423_560, 'b3aa88de0202a040d7d75bac9dbf1a59d81d60c7369046f32241afa7dec65cc1'],
    ['lexicon.txt', 3_708_181, 'bdccfc6da71c45c48e2e0056fcf0aab760577c5f959f6c1b5eb3e3e916fd5a0e'],
    ['tokens.txt', 1084, '5fee2c6b238d712287f2ecb08f34a8a8b413bcb7390862ef6fb6fd6f0f8d3a17'],
  ]),
};

export const CATALOGUE: readonly CatalogueModel[] = [SMART_TURN, ZIPFORMER_EN, SENSE_VOICE, VITS_LJS];

function filesOf(
  repo: string,
  revision: string,
  files: readonly (readonly [name: string, bytes: number, sha256: string])[],
): ModelFile[] {
  return files.map(([name, bytes, sha256]) => ({ name, bytes, sha256, huggingFace: { repo, revision } }));
}

/** Throws RangeError for a name that is not in the catalogue. */
export function modelNamed(name: string): CatalogueModel {
  const model = CATALOGUE.find((each) => each.name === name);
  if (model) return model;
  throw new RangeError(`there is no model "${name}"; there is ${CATALOGUE.map((each) => each.name).join(', ')}`);
}

export const bytesOf = ({ files }: CatalogueModel): number => files.reduce((sum, { bytes }) => sum + bytes, 0);
