// Scripted conversations: who says what when, over what line, and what must come of it. Never imported by the product.
export * from './check.ts';
export * from './clips.ts';
export * from './judged-gates.ts';
export * from './load-scene.ts';
export * from './replay.ts';
export * from './scene.ts';
export * from './scene-asr.ts';
export * from './scene-llm.ts';
export * from './scene-tts.ts';
export type * from './schema-engines.ts';
export type * from './schema-expect.ts';
export { type Edge, type Moment, momentText } from './schema-parts.ts';
export * from './sounds.ts';
export * from './story.ts';
export * from './words.ts';
