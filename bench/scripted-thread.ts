// A host thread with engines that take no time: what remains is the framework. Silero, Opus and RTP are real.
import { parentPort } from 'node:worker_threads';
import { ScriptedAsr, ScriptedLlm, ScriptedTts } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { createHearing } from '../agent/src/hearing/index.ts';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { runHost } from '../agent/src/host/run.ts';

/** 50 ms a character: about two seconds. */
const ANSWER = 'This is all that I have to say to that.';

if (!parentPort) throw new Error('this module runs on a worker thread');
await runHost({
  port: parentPort,
  loadHearing: () => createHearing(),
  loadEngines: async () => ({
    choices: [],
    asr: new ScriptedAsr((utterance) => `utterance number ${utterance + 1}`),
    llm: new ScriptedLlm(() => ANSWER),
    tts: new ScriptedTts(),
    close: async () => {},
  }),
});
