// The agent's one public door. The server places sessions on hosts and wires RTP; what a session does stays inside.
export * from './contracts/index.ts';
export { startAgentHost } from './host/client.ts';
export type * from './host/contract.ts';
export * from './kernel/index.ts';
export { fetchRecommended, mayDownload, modelsFolder, type RecommendedOptions } from './models/index.ts';
