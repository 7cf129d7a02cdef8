// Local recognition and speech by sherpa-onnx, each model in a watched child process.
export { SherpaAsr, type SherpaAsrOptions } from './asr.ts';
export { detectAsrModel, detectTtsModel } from './detect-model.ts';
export { folderFor, installedModel } from './folders.ts';
export type { SherpaAsrModel, SherpaTtsModel } from './model.ts';
export { SherpaTts, type SherpaTtsOptions } from './tts.ts';
