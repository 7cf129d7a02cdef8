// A host thread with engines that take no time and may fail now and then: Silero, Opus, RTP and the conversation itself
// are the product's.
import { parentPort } from 'node:worker_threads';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { OpusLibrary } from '../../agent/src/codec/index.ts';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { createHearing } from '../../agent/src/hearing/index.ts';
// biome-ignore lint/style/noRestrictedImports: another entry for the host's thread
import { runHost } from '../../agent/src/host/run.ts';
import { FreeAsr, FreeLlm, FreeTts } from './engines.ts';
import { obey } from './orders.ts';

if (!parentPort) throw new Error('this module runs on a worker thread');
const end = obey('agent');
const faults = Number(process.env.BENCH_FAULT_SHARE ?? 0);
await runHost({
  port: parentPort,
  loadHearing: () => createHearing(),
  loadEngines: async () => ({
    choices: [],
    asr: new FreeAsr(faults),
    llm: new FreeLlm(faults),
    tts: new FreeTts(await OpusLibrary.load(), faults),
    close: async () => {},
  }),
});
end();
