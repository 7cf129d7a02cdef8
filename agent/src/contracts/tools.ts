import type { ToolSpec } from './providers.ts';

/** A function that the LLM may call, whoever runs it. */
export interface Tool {
  readonly spec: ToolSpec;
  readonly origin: 'webhook' | 'mcp' | 'client';
  /** ms after which the LLM is told that it took too long. */
  readonly timeoutMs: number;
  /** A caller who interrupts aborts it. Else it runs to its end, and the next answer knows its result. */
  readonly cancelOnInterrupt: boolean;
  /** Said when it takes long; empty for nothing, absent for the conversation's own words. */
  readonly filler?: string;
  /** The result as text for the LLM. Throws what the LLM is to be told, or the signal's reason when aborted. */
  run(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<string>;
}

export interface ToolContext {
  readonly signal: AbortSignal;
  /** The conversation that it is called in. */
  readonly session: string;
}

/** The tools of all conversations of a thread. Defaults live in the server's config schema. */
export interface ToolSettings {
  readonly webhooks: readonly WebhookSettings[];
  /** By a name of one's own; tools of a server are called `<name>_<tool>` where names clash. */
  readonly mcpServers: Readonly<Record<string, McpServerSettings>>;
}

interface ToolLimits {
  readonly timeoutMs: number;
  readonly cancelOnInterrupt: boolean;
  readonly filler?: string;
}

/** A tool that is an HTTP request. */
export interface WebhookSettings extends ToolLimits {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly url: string;
  /** POST sends the arguments as JSON, GET in the query. */
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
}

/** A server of the Model Context Protocol: a program to start (`command`), or an address (`url`). */
export interface McpServerSettings extends ToolLimits {
  readonly command?: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly url?: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of the tools to offer; absent for all. */
  readonly only?: readonly string[];
}

/** A tool that a caller's page runs. */
export interface ClientTool extends ToolSpec {
  readonly timeoutMs: number;
  readonly cancelOnInterrupt: boolean;
  readonly filler?: string;
}

/** What a caller's page made of a call. */
export type ClientToolResult =
  | { readonly call: string; readonly result: string }
  | { readonly call: string; readonly error: string };
