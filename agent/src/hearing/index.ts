// Hears where speech starts and ends. Imports contracts and kernel, onnxruntime-node, @ricky0123/vad-node
// and @echogarden/fvad-wasm.
export * from './echo/index.ts';
export * from './frame-processor-gate.ts';
export * from './hearing.ts';
export * from './preroll.ts';
export * from './silero.ts';
export type { SileroVersion } from './silero-shape.ts';
export * from './speech-gate.ts';
export * from './vad-closed.ts';
export * from './vad-gate.ts';
export { WebrtcEngine } from './webrtc.ts';
export type { JudgedWindow, SpeechJudge, Verdict } from './windowed-gate.ts';
