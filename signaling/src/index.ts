// The package's public door: the client, and the protocol it speaks.
export * from './client/index.ts';
export * from './protocol/index.ts';
