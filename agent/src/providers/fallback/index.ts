// Several engines for one stage: where one fails or stalls, the next takes over. Imports contracts, kernel and codec,
// and from the room around it what a request's deadline and a word's length are.
export { FallbackAsr } from './asr.ts';
export type { Link } from './attempt.ts';
export { Chain, type ChainOptions, PATIENCE_MS } from './chain.ts';
export { Health, type HealthOptions } from './health.ts';
export { FallbackLlm } from './llm.ts';
export { FallbackTts } from './tts.ts';
