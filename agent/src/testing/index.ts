// Scripted doubles for tests and the bench. Never imported by the product.

export * from './clocked-mouth.ts';
export * from './manual-clock.ts';
export * from './model-server.ts';
export * from './ogg.ts';
export * from './openai-server.ts';
export * from './opus-clip.ts';
export * from './ps-worker.ts';
export * from './rtp-caller.ts';
export * from './scripted-caller.ts';
export * from './scripted-engines.ts';
export * from './scripted-session.ts';
export * from './scripted-turn-detector.ts';
export * from './sherpa-models.ts';
export * from './signal.ts';
export * from './speech-scene.ts';
export * from './streams.ts';
export * from './test-settings.ts';
export * from './tiny-llm.ts';
export * from './vad-double.ts';
export * from './wav.ts';
