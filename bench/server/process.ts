// A server of its own process on free ports. Tells its address; ends with the channel. Arguments: `scripted` for engines
// that take no time or `lite` for those that need no key and no download; and the `agent` section of the config as JSON.
import { configSchema, createApp } from '@parley/server';
import { TWILIO_AUTH_TOKEN } from '../caller/account.ts';

const [engines, agent = '{}'] = process.argv.slice(2);
const app = createApp(
  configSchema.parse({
    server: { port: 0 },
    media: { port: 0, workers: 1 },
    agent: JSON.parse(agent),
    log: { level: 'warn', format: 'json' },
    engines: { asr: { engine: 'pocketsphinx' }, llm: { engine: 'scripted' }, tts: { engine: 'espeak' } },
    telephony: { twilio: { authToken: TWILIO_AUTH_TOKEN } },
    // Other work on the machine must not keep callers out.
    limits: { requestsPerSecond: 100, requestBurst: 200, maxLoad: 0 },
  }),
  engines === 'lite' ? {} : { hostModule: new URL('../scripted-thread.ts', import.meta.url) },
);
process.once('disconnect', async () => {
  await app.close();
  process.exit(0);
});
const { url } = await app.listen();
process.send?.({ url });
