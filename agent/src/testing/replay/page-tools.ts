import type { ClientTool, ClientToolResult } from '../../contracts/index.ts';
import type { ToolScript } from './schema-engines.ts';

/** How the first caller's page offers a scene's tool. */
export const offerOf = ({ name, filler, cancel_on_interrupt }: ToolScript) =>
  ({
    name,
    description: `The scene's ${name}.`,
    parameters: { type: 'object' as const, properties: {} },
    timeoutMs: 30_000,
    cancelOnInterrupt: cancel_on_interrupt,
    ...(filler === undefined ? {} : { filler }),
  }) satisfies ClientTool;

/** What the page answers to a call of it, after its time. */
export const answerOf = ({ error, result }: ToolScript, call: string): ClientToolResult =>
  error === undefined ? { call, result } : { call, error };
