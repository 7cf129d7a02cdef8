/** Recognisers by what sherpa-onnx calls them. Those that stream give partials while the caller speaks. */
export const SHERPA_ASR_KINDS = [
  'streaming-transducer',
  'streaming-zipformer-ctc',
  'streaming-nemo-ctc',
  'streaming-paraformer',
  'sense-voice',
  'whisper',
  'moonshine',
  'paraformer',
  'transducer',
  'nemo-transducer',
  'zipformer-ctc',
  'nemo-ctc',
] as const;
export type SherpaAsrKind = (typeof SHERPA_ASR_KINDS)[number];

/** `vits` is also what Piper, Coqui and MeloTTS make. */
export const SHERPA_TTS_KINDS = ['kokoro', 'kitten', 'matcha', 'vits'] as const;
export type SherpaTtsKind = (typeof SHERPA_TTS_KINDS)[number];

/** What sherpa-onnx is given: found in a folder by `detectModel`, or written down by hand. */
export interface SherpaModel<Kind extends string = SherpaAsrKind | SherpaTtsKind> {
  readonly kind: Kind;
  /** Absolute paths by role, as sherpa-onnx names them: `encoder`, `decoder`, `joiner`, `model`, `tokens`, `dataDir`. */
  readonly files: Readonly<Record<string, string>>;
  /** BCP 47; absent where any is taken or it is not known. */
  readonly languages?: readonly string[];
  /** Voices only: names by number. */
  readonly speakers?: readonly string[];
}

export type SherpaAsrModel = SherpaModel<SherpaAsrKind>;
export type SherpaTtsModel = SherpaModel<SherpaTtsKind>;

export const streams = ({ kind }: SherpaModel): boolean => kind.startsWith('streaming-');

export const speaks = (model: SherpaModel): model is SherpaTtsModel =>
  (SHERPA_TTS_KINDS as readonly string[]).includes(model.kind);
