import * as z from 'zod';
import { access } from './sections/access.ts';
import { agent } from './sections/agent.ts';
import { engines } from './sections/engines.ts';
import { history } from './sections/history.ts';
import { limits } from './sections/limits.ts';
import { log } from './sections/log.ts';
import { media } from './sections/media.ts';
import { server } from './sections/server.ts';
import { telephony } from './sections/telephony.ts';
import { tools } from './sections/tools.ts';
import { webhooks } from './sections/webhooks.ts';

export type { KeyMeta } from './sections/kinds.ts';

/** Every key, its default and its description. Documentation and environment variables derive from it. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe('HTTP and signaling.'),
  access: access.prefault({}).describe('Who may come in: docs/security.md.'),
  media: media.prefault({}).describe('Audio between browsers and this server.'),
  agent: agent.prefault({}).describe('The agent and how a conversation goes.'),
  engines: engines
    .prefault({})
    .describe('Which engine serves each stage. auto takes the best that is at hand; the start-up says which and why.'),
  tools: tools.prefault({}).describe('What the language model can call: docs/tools.md.'),
  webhooks: webhooks.prefault({}).describe('Telling servers of yours what happens in calls: docs/api.md.'),
  telephony: telephony.prefault({}).describe('Calls by telephone: docs/telephony.md.'),
  limits: limits.prefault({}).describe('Bounds that keep one caller from taking everything.'),
  history: history.prefault({}).describe('What is kept of calls: docs/history.md.'),
  log: log.prefault({}).describe('The log.'),
});

export type Config = z.output<typeof configSchema>;
