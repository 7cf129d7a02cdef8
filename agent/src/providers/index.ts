// Speech recognition, language models and voices: one vendor a file, and the choice among them.
// Imports contracts, kernel, codec and models only.
export * from './asr/funasr/index.ts';
export * from './asr/openai.ts';
export * from './asr/openai-realtime/index.ts';
export * from './asr/pocketsphinx.ts';
export { findPsModel, type PsModel, type PsServerOptions } from './asr/ps-server.ts';
export * from './fallback/index.ts';
export * from './llm/local/index.ts';
export * from './llm/openai.ts';
export * from './llm/scripted-host.ts';
export * from './registry.ts';
export * from './sherpa/index.ts';
export * from './tts/coqui/coqui.ts';
export * from './tts/edge/edge.ts';
export * from './tts/espeak.ts';
export * from './tts/google/google.ts';
export * from './tts/openai.ts';
export { EngineUnavailable } from './unavailable.ts';
