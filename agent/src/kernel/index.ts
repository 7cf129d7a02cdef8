// Ownership, cancellation, queues and time. Imports contracts only.
export * from './abortable.ts';
export * from './channel.ts';
export * from './clock.ts';
export * from './scope.ts';
export * from './slab.ts';
