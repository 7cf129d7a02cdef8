// A host thread's entry with zero-delay scripted engines: real voice detection, Opus and RTP around them.
import { parentPort, workerData } from 'node:worker_threads';
import { createHearing } from '../hearing/index.ts';
import type { HostData } from '../host/messages.ts';
import { runHost } from '../host/run.ts';
import { ScriptedAsr, ScriptedLlm, ScriptedTts } from './scripted-engines.ts';

if (!parentPort) throw new Error('this module runs on a worker thread');
const { engines } = workerData as HostData;
await runHost({
  port: parentPort,
  loadHearing: () => createHearing(engines.vad),
  loadEngines: async () => ({
    choices: [],
    asr: new ScriptedAsr((utterance) => `utterance number ${utterance + 1}`),
    llm: new ScriptedLlm((history) => `You said ${history.at(-1)?.content}. I will go on about that for a while.`),
    tts: new ScriptedTts(),
    close: async () => {},
  }),
});
