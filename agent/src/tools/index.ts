// Functions that the LLM may call: webhooks, MCP servers, callers' pages; and the box that calls them.
// Imports contracts and kernel only.
export { type ClientToolPort, ClientTools } from './client-tools.ts';
export { type LoadToolsOptions, loadTools, type ToolSource, withWebhooks } from './load.ts';
export type { SourcedTool } from './names.ts';
export { ToolBox, type ToolBoxOptions, type ToolLog, type ToolOutcome } from './tool-box.ts';
export { ToolError } from './tool-error.ts';
