// Calls kept on disk: what was said, when, and how fast. Imports rooms/, media/ and observe/.
export type { CallDetails, CallSearch, CallSummary, CallTurn, Said } from './calls.ts';
export { DatabaseFailure } from './database.ts';
export * from './history.ts';
export * from './transcript.ts';
