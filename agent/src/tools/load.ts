import type { ToolSettings, WebhookSettings } from '../contracts/index.ts';
import { type Clock, raceAbort, sleep, systemClock } from '../kernel/index.ts';
import type { McpServer } from './mcp.ts';
import type { SourcedTool } from './names.ts';
import type { ToolLog } from './tool-box.ts';
import { webhookTool } from './webhook.ts';

/** How long the start waits for MCP servers; those that need longer come in when they are there. */
const START_PATIENCE_MS = 5000;

/** The tools that all conversations of a thread share. */
export interface ToolSource {
  /** Those that are there now: read it each time. */
  readonly tools: readonly SourcedTool[];
  /** Resolves when the programs that were started have ended. */
  close(): Promise<void>;
}

export interface LoadToolsOptions {
  readonly log: ToolLog;
  /** Ends the wait for MCP servers. What was started is closed by `close`. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** Never throws for a tool that cannot be had: it is absent, and the log says why. */
export async function loadTools(settings: ToolSettings, options: LoadToolsOptions): Promise<ToolSource> {
  const webhooks = settings.webhooks.flatMap((webhook) => made(webhook, options.log));
  const servers = await started(settings.mcpServers, options);
  let closing: Promise<void> | undefined;
  return {
    get tools() {
      return [...webhooks, ...servers.flatMap(({ tools }) => tools)];
    },
    close: () => (closing ??= Promise.all(servers.map((server) => server.close())).then(() => {})),
  };
}

/** The tools of one conversation: webhooks of its own, then what all share. */
export function withWebhooks(
  webhooks: readonly WebhookSettings[],
  { shared, log }: { readonly shared: ToolSource; readonly log: ToolLog },
): ToolSource {
  const own = webhooks.flatMap((webhook) => made(webhook, log));
  return {
    get tools() {
      return [...own, ...shared.tools];
    },
    // What is shared is not ours to close.
    close: async () => {},
  };
}

function made(settings: WebhookSettings, log: ToolLog): SourcedTool[] {
  try {
    return [webhookTool(settings)];
  } catch (error) {
    log('error', `the webhook "${settings.name}" is left out: ${error instanceof Error ? error.message : error}`);
    return [];
  }
}

/** The protocol's library is loaded only where there is a server. */
async function started(
  settings: ToolSettings['mcpServers'],
  { log, signal, clock = systemClock }: LoadToolsOptions,
): Promise<McpServer[]> {
  const entries = Object.entries(settings);
  if (entries.length === 0) return [];
  const { McpServer } = await import('./mcp.ts');
  const servers = entries.map(([name, settings]) => new McpServer({ name, settings, clock, log }));
  const waiting = new AbortController();
  const patience = sleep(clock, START_PATIENCE_MS, waiting.signal).catch(() => {});
  const first = Promise.race([patience, Promise.all(servers.map((server) => server.start()))]);
  await (signal ? raceAbort(first, signal) : first).catch(() => {});
  waiting.abort();
  if (!signal?.aborted) for (const server of servers) server.tellIfSlow(START_PATIENCE_MS);
  return servers;
}
