// Local recognition and speech by sherpa-onnx, each model in a watched child process.
export { SherpaAsr, type SherpaAsrOptions } from './asr.ts';
export { detectAsrModel, detectTtsModel } from './detect-model.ts';
export {
  SHERPA_ASR_KINDS,
  SHERPA_TTS_KINDS,
  type SherpaAsrKind,
  type SherpaAsrModel,
  type SherpaTtsKind,
  type SherpaTtsModel,
} from './model.ts';
export { SherpaTts, type SherpaTtsOptions } from './tts.ts';
