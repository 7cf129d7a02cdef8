// The signaling SDK's public door.
export * from './protocol/index.ts';
