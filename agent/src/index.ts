// The agent's one public door.
export * from './contracts/index.ts';
export type * from './host/contract.ts';
