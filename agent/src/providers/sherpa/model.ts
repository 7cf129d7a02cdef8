import { SHERPA_TTS_KINDS, type SherpaAsrKind, type SherpaTtsKind } from '../../contracts/index.ts';

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
