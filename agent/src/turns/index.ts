// Turn-taking without a sample of audio: the pure machine. Imports contracts only.
export * from './machine.ts';
