// The agent's one public door.
export * from './contracts/index.ts';
