// What people and machines watch the server by: log, metrics; and the clock. Imports no other room.
export * from './bucket.ts';
export * from './clock.ts';
export type { Levels } from './levels.ts';
export * from './logger.ts';
export * from './metrics.ts';
