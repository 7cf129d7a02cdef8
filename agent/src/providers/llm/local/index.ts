// A language model on this machine, in a watched child process. Imports contracts, kernel, models and ../child only.
export { installedLlm, modelFile } from './files.ts';
export { LocalLlm, type LocalLlmOptions } from './local.ts';
