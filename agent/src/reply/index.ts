// One answer: LLM -> clauses -> TTS -> mouth, the history it stands on and the ledger of what was heard.
// Imports contracts and kernel.
export { type Bridge, bridgeAudio } from './bridge.ts';
export * from './chime.ts';
export * from './clauses.ts';
export { emotionInstructions } from './emotion-tags.ts';
export * from './heard-ledger.ts';
export * from './history.ts';
export * from './kept-phrases.ts';
export * from './language.ts';
export * from './manner.ts';
export * from './reply.ts';
export { Summariser, type SummariserOptions } from './summary.ts';
export type { ReplyTimes, ReplyTools } from './writer.ts';
export * from './written-reply.ts';
