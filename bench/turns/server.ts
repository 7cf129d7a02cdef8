// The server's process: as users start it but for its engines. Tells its address, passes on what was said to the
// recogniser and what the engines did to the parent; ends with the channel. Arguments: `agent` settings, engines, and the
// host thread's module.
import { BroadcastChannel } from 'node:worker_threads';
import { configSchema, createApp } from '@parley/server';
import { type EngineNote, NOTES_CHANNEL, TRUTH_CHANNEL, type Truth } from './timeline.ts';

const [agent = '{}', engines = '{}', thread = './thread.ts'] = process.argv.slice(2);
process.env.TURNS_ENGINES = engines;
const app = createApp(
  configSchema.parse({
    server: { port: 0 },
    media: { port: 0, workers: 1 },
    agent: JSON.parse(agent),
    log: { level: 'warn', format: 'json' },
    engines: { asr: { engine: 'pocketsphinx' }, llm: { engine: 'scripted' }, tts: { engine: 'espeak' } },
    // Other work on the machine must not keep callers out.
    limits: { requestsPerSecond: 100, requestBurst: 200, maxLoad: 0 },
  }),
  { hostModule: new URL(thread, import.meta.url) },
);
const truths = new BroadcastChannel(TRUTH_CHANNEL);
const notes = new BroadcastChannel(NOTES_CHANNEL);
process.on('message', (truth: Truth) => truths.postMessage(truth));
notes.onmessage = (event) => process.send?.({ note: (event as { data: EngineNote }).data });
process.once('disconnect', async () => {
  truths.close();
  notes.close();
  await app.close();
  process.exit(0);
});
const { url } = await app.listen();
process.send?.({ url });
