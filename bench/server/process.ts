// A server of its own process on free ports, with the scripted engines. Tells its address; ends with the channel.
import { configSchema, createApp } from '@parley/server';

const app = createApp(
  configSchema.parse({
    server: { port: 0 },
    media: { port: 0, workers: 1 },
    log: { level: 'warn', format: 'json' },
    limits: { requestsPerSecond: 100, requestBurst: 200 },
  }),
  { hostModule: new URL('../scripted-thread.ts', import.meta.url) },
);
process.once('disconnect', async () => {
  await app.close();
  process.exit(0);
});
const { url } = await app.listen();
process.send?.({ url });
