import * as z from 'zod';
import { ms, some, url } from './kinds.ts';

const toolLimits = {
  timeoutMs: ms.default(10_000).describe('Time after which the language model is told that it took too long, in ms.'),
  cancelOnInterrupt: z
    .boolean()
    .default(false)
    .describe('Give it up when the caller interrupts; else it runs to its end.'),
  filler: z.string().optional().describe('Said when it takes long; empty for nothing, absent for a few usual words.'),
};
const toolName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const headers = z.record(z.string(), z.string()).default({});

export const webhookTool = z.strictObject({
  name: toolName.describe('What the language model calls it.'),
  description: some.describe('What it does and when to use it, for the language model.'),
  parameters: z
    .record(z.string(), z.unknown())
    .default({ type: 'object', properties: {} })
    .describe('JSON Schema of the arguments.'),
  url: url.describe('Address that is requested.'),
  method: z.enum(['GET', 'POST']).default('POST').describe('POST sends the arguments as JSON, GET in the query.'),
  headers: headers.describe('Headers of the request, such as a key.'),
  ...toolLimits,
});

const mcpServer = z
  .strictObject({
    command: some.optional().describe('Program to start, which speaks MCP on its standard streams...'),
    args: z.array(z.string()).default([]).describe('...its arguments...'),
    env: z.record(z.string(), z.string()).default({}).describe('...and more environment for it.'),
    url: url.optional().describe('Or the address of a server (streamable HTTP)...'),
    headers: headers.describe('...and headers for it, such as a key.'),
    only: z.array(some).optional().describe('Tools to offer; absent for all.'),
    ...toolLimits,
  })
  .refine(({ command, url }) => (command === undefined) !== (url === undefined), 'give either command or url');

export const tools = z.strictObject({
  webhooks: z.array(webhookTool).default([]).describe('Tools that are HTTP requests: docs/tools.md.'),
  mcpServers: z
    .record(toolName, mcpServer)
    .default({})
    .describe('Servers of the Model Context Protocol, by name: docs/tools.md.'),
});
