// Turn-taking without a sample of audio: the pure machine and the policies that feed it. Imports contracts only.
export * from './machine.ts';
export * from './policies/index.ts';
