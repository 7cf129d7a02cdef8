// The server's process: as users start it but for its engines and, for callers over plain RTP, its routers. Tells its
// address; does what it is told (`Order`); ends with the channel. Argument: sections of the config as JSON.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configSchema, createApp } from '@parley/server';
// biome-ignore lint/style/noRestrictedImports: a router that the bench puts in the place of the server's
import { RoomRouter } from '../../server/src/media/index.ts';
import { type Callers, Commander, type Order } from './orders.ts';
import { PlainRouter } from './plain-router.ts';

// As the server's own entry does.
process.env.ORT_DISABLE_TELEMETRY ??= '1';
const [sections = '{}'] = process.argv.slice(2);
const { agent, limits, ...others } = JSON.parse(sections);
const dataDir = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const config = configSchema.parse({
  server: { port: 0, dataDir },
  media: { port: 0, workers: 1 },
  agent: { endpointingMs: 500, idlePromptMs: 0, greeting: '', ...agent },
  log: { level: 'error', format: 'json' },
  engines: { asr: { engine: 'pocketsphinx' }, llm: { engine: 'scripted' }, tts: { engine: 'espeak' } },
  limits: {
    maxLoad: 0,
    rooms: 2000,
    connectionsPerAddress: 4000,
    requestsPerSecond: 100,
    requestBurst: 200,
    ...limits,
  },
  ...others,
});
let plain = true;
const app = createApp(config, {
  hostModule: new URL('./thread.ts', import.meta.url),
  makeRouter: (...parts) => (plain ? new PlainRouter(...parts) : new RoomRouter(...parts)),
});
const commander = new Commander(config.agent.threads);
process.on('message', async (order: Order | Callers) => {
  if (order === 'plain' || order === 'encrypted') plain = order === 'plain';
  process.send?.({ done: order === 'plain' || order === 'encrypted' ? [] : await commander.all(order) });
});
process.once('disconnect', async () => {
  commander.close();
  await app.close();
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
const { url } = await app.listen();
process.send?.({ url, mediaPids: app.workerPids });
