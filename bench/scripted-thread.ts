// A host thread with engines that take no time: what remains is the framework. Silero, Opus and RTP are real.
import { parentPort } from 'node:worker_threads';
import { ScriptedAsr, ScriptedLlm, ScriptedTts } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { createHearing } from '../agent/src/hearing/index.ts';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { runHost } from '../agent/src/host/run.ts';

/** 50 ms a character: about two seconds. */
const ANSWER = 'This is all that I have to say to that.';

/** What is said in the clips; which of them a text stands for does not matter to time. */
const TEXTS = [
  'turn on the lamp',
  "what's the weather like",
  'go forward ten meters',
  'at that high level the air is pure',
  'he was not an ill disposed young man',
];

if (!parentPort) throw new Error('this module runs on a worker thread');
await runHost({
  port: parentPort,
  loadHearing: () => createHearing(),
  loadEngines: async () => ({
    choices: [],
    asr: new ScriptedAsr(TEXTS),
    llm: new ScriptedLlm(() => ANSWER),
    tts: new ScriptedTts(),
    close: async () => {},
  }),
});
