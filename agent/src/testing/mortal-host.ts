// A host thread's entry with scripted engines, which dies in the middle of its answer to whoever says "die".
import { parentPort, workerData } from 'node:worker_threads';
import type { ChatMessage } from '../contracts/index.ts';
import { createHearing } from '../hearing/index.ts';
import type { HostData } from '../host/messages.ts';
import { runHost } from '../host/run.ts';
import { ScriptedAsr, ScriptedLlm, ScriptedTts } from './scripted-engines.ts';

/** From the question to the death, in ms: some words of the answer are heard. */
const LAST_WORDS_MS = 2000;

if (!parentPort) throw new Error('this module runs on a worker thread');
const { engines } = workerData as HostData;

const die = (): never => {
  throw new Error('killed by a test');
};

function answer(history: readonly ChatMessage[]): string {
  const asked = history.filter(({ role }) => role === 'user').map(({ content }) => content);
  if (asked.at(-1) !== 'die') return `You said ${asked.join(', ')}.`;
  setTimeout(die, LAST_WORDS_MS);
  return 'This is the beginning of a long answer, the end of which nobody will ever hear, as its host dies.';
}

await runHost({
  port: parentPort,
  loadHearing: () => createHearing(engines.vad),
  loadEngines: async () => ({
    choices: [],
    asr: new ScriptedAsr((utterance) => `utterance number ${utterance + 1}`),
    llm: new ScriptedLlm(answer),
    tts: new ScriptedTts(),
    close: async () => {},
  }),
});
