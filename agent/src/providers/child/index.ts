// A model in a process of its own that is watched: what can take a process down must not take the calls with it.
// Imports contracts and kernel only.
export * from './server.ts';
