// A server of its own process on free ports. Tells its address; ends with the channel. With `lite` as its argument it
// has the engines that need no key and no download, otherwise scripted ones that take no time.
import { configSchema, createApp } from '@parley/server';
import { ENDPOINTING_MS } from './settings.ts';

const lite = process.argv[2] === 'lite';
const app = createApp(
  configSchema.parse({
    server: { port: 0 },
    media: { port: 0, workers: 1 },
    agent: lite ? {} : { endpointingMs: ENDPOINTING_MS },
    log: { level: 'warn', format: 'json' },
    engines: { asr: { engine: 'pocketsphinx' }, llm: { engine: 'scripted' }, tts: { engine: 'espeak' } },
    limits: { requestsPerSecond: 100, requestBurst: 200 },
  }),
  lite ? {} : { hostModule: new URL('../scripted-thread.ts', import.meta.url) },
);
process.once('disconnect', async () => {
  await app.close();
  process.exit(0);
});
const { url } = await app.listen();
process.send?.({ url });
