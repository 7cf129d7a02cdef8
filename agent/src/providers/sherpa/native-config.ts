import type { SherpaAsrKind, SherpaTtsKind } from '../../contracts/index.ts';
import type { SherpaModel } from './model.ts';

/** sherpa-onnx's name for each kind of model. */
const ASR_KEYS: Readonly<Record<SherpaAsrKind, string>> = {
  'streaming-transducer': 'transducer',
  'streaming-zipformer-ctc': 'zipformer2Ctc',
  'streaming-nemo-ctc': 'nemoCtc',
  'streaming-paraformer': 'paraformer',
  'sense-voice': 'senseVoice',
  whisper: 'whisper',
  moonshine: 'moonshine',
  paraformer: 'paraformer',
  transducer: 'transducer',
  'nemo-transducer': 'transducer',
  'zipformer-ctc': 'zipformerCtc',
  'nemo-ctc': 'nemoCtc',
};

/** Transducers alone can be told words in advance, and only where the pieces that words are made of are known. */
export const takesHints = ({ kind, files }: SherpaModel): boolean =>
  (kind === 'transducer' || kind === 'nemo-transducer') && files.bpeVocab !== undefined;

export function recogniserConfig(model: SherpaModel<SherpaAsrKind>, threads: number): object {
  const { tokens, bpeVocab, ...files } = model.files;
  const only = model.languages?.length === 1 ? model.languages[0] : undefined;
  const details =
    model.kind === 'sense-voice'
      ? { ...files, language: only ?? '', useInverseTextNormalization: 1 }
      : model.kind === 'whisper'
        ? { ...files, language: only ?? '', task: 'transcribe' }
        : files;
  return {
    modelConfig: {
      [ASR_KEYS[model.kind]]: details,
      tokens,
      numThreads: threads,
      provider: 'cpu',
      ...(model.kind === 'nemo-transducer' && { modelType: 'nemo_transducer' }),
      ...(takesHints(model) && { modelingUnit: 'bpe', bpeVocab }),
    },
    decodingMethod: takesHints(model) ? 'modified_beam_search' : 'greedy_search',
    enableEndpoint: false,
  };
}

export function voiceConfig(model: SherpaModel<SherpaTtsKind>, threads: number): object {
  const { ruleFsts, ...files } = model.files;
  return {
    model: { [model.kind]: files, numThreads: threads, provider: 'cpu' },
    maxNumSentences: 1, // each is told as soon as it is spoken
    ...(ruleFsts && { ruleFsts }),
  };
}
