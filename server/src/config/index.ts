// The whole configuration: one schema with every default, and where values may come from. Imports the agent's
// lists of engines and nothing else.
export * from './data-folder.ts';
export * from './load.ts';
export * from './problem.ts';
export { type Config, configSchema } from './schema.ts';
export { languageTag } from './sections/kinds.ts';
export { webhookTool } from './sections/tools.ts';
export { webhookSecret, webhookUrl } from './sections/webhooks.ts';
