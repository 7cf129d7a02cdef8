// A program for a test: hosts with the engines that are at hand, before and after models came into PARLEY_MODELS_DIR.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startAgentHost } from '@parley/agent';
import { HUM_VOICE, sessionSettings, TINY_ASR, writeTinyLlm } from '@parley/agent/testing';
import { pino } from 'pino';
import { loadConfig } from '../../config/index.ts';
import { Metrics } from '../../observe/index.ts';
import { AgentHosts } from '../hosts.ts';

const models = process.env.PARLEY_MODELS_DIR ?? '';
const { engines } = loadConfig({ directory: models, env: { PARLEY_ENGINES_TURN_ENGINE: 'none' } });
const hosts = new AgentHosts({
  startHost: startAgentHost,
  host: { engines, tools: { webhooks: [], mcpServers: {} } },
  threads: 1,
  settings: sessionSettings(),
  log: pino({ level: 'silent' }),
  metrics: new Metrics(),
});
const served = (): string[] => hosts.choices.slice(1).map(({ engine, lite }) => `${engine}${lite ? ' (lite)' : ''}`);

await hosts.start();
const before = served();
cpSync(TINY_ASR, join(models, 'words'), { recursive: true });
cpSync(HUM_VOICE, join(models, 'hum'), { recursive: true });
mkdirSync(join(models, 'mind'));
writeTinyLlm(join(models, 'mind', 'tiny.gguf'), ['I', ' am', ' tiny', '.']);
await hosts.renew();
console.log(JSON.stringify([before, served()]));
await hosts.close();
process.exit(0);
