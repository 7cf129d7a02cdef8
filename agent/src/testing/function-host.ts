// A host thread's entry with zero-delay scripted engines whose LLM calls the callers' tools when it is asked about the
// weather, and answers with what comes of them.
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
    asr: new ScriptedAsr((utterance) => (utterance % 2 === 0 ? 'tell me a story' : 'how is the weather')),
    llm: new ScriptedLlm((history) => {
      const last = history.at(-1);
      if (last?.role === 'tool') return `It is ${last.content} there.`;
      if (last?.content.includes('weather')) {
        const text = last.content.includes('please') ? 'Let me look. ' : '';
        return { text, calls: [{ id: 'w', name: 'get_weather', args: '{"city":"Oslo"}' }] };
      }
      if (last?.content.includes('remember')) return history.map(({ content }) => content).join(' | ');
      return `You said ${last?.content}. I will go on about that for a while.`;
    }),
    tts: new ScriptedTts(),
    close: async () => {},
  }),
});
