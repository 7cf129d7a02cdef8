// The plug shapes every other room agrees on. Imports nothing.
export * from './audio.ts';
export * from './engines.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './line.ts';
export * from './mouth.ts';
export * from './past.ts';
export * from './providers.ts';
export * from './session.ts';
export * from './tools.ts';
