// A host thread with engines of realistic, scripted delays: a recogniser that knows what was said, answers, and clips
// for a voice. Silero, Opus, RTP and the conversation itself are the product's.
import { BroadcastChannel, parentPort } from 'node:worker_threads';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { createHearing } from '../../agent/src/hearing/index.ts';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { runHost } from '../../agent/src/host/run.ts';
import { AnsweringLlm, ClipTts } from './clip-voice.ts';
import { type EngineNote, NOTES_CHANNEL, TRUTH_CHANNEL, type Truth } from './timeline.ts';
import { TruthfulAsr } from './truthful-asr.ts';

/** How the engines of a server behave; as JSON in the environment variable `TURNS_ENGINES`. */
export interface TurnsEngines {
  readonly answers: readonly string[];
  readonly firstTokenMs: number;
  readonly firstAudioMs: number;
}

if (!parentPort) throw new Error('this module runs on a worker thread');
const { answers, firstTokenMs, firstAudioMs } = JSON.parse(process.env.TURNS_ENGINES ?? '{}') as TurnsEngines;
const truths = new BroadcastChannel(TRUTH_CHANNEL);
const notes = new BroadcastChannel(NOTES_CHANNEL);
const note = (each: EngineNote): void => notes.postMessage(each);
const asr = new TruthfulAsr(note);
truths.onmessage = (event) => asr.learn((event as { data: Truth }).data);
await runHost({
  port: parentPort,
  loadHearing: () => createHearing(),
  loadEngines: async () => ({
    choices: [],
    asr,
    llm: new AnsweringLlm({ answers, firstTokenMs, note }),
    tts: new ClipTts(firstAudioMs),
    close: async () => {},
  }),
});
truths.close();
notes.close();
