import type { ToolContext } from '../../contracts/index.ts';
import type { Arguments } from '../arguments.ts';
import type { SourcedTool } from '../names.ts';

export interface ToolScript extends Partial<Omit<SourcedTool, 'spec' | 'run'>> {
  readonly name?: string;
  readonly description?: string;
  readonly parameters?: Arguments;
  readonly run?: (args: Arguments, context: ToolContext) => Promise<string>;
}

/** A tool that answers with its arguments, unless the script says otherwise. */
export function scriptedTool(script: ToolScript = {}): SourcedTool {
  const { name = 'echo', description = 'Says it again.', parameters = {}, ...rest } = script;
  return {
    origin: 'webhook',
    timeoutMs: 10_000,
    cancelOnInterrupt: false,
    run: async (args) => JSON.stringify(args),
    ...rest,
    spec: { name, description, parameters },
  };
}
