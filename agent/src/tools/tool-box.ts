import type { ToolCall, ToolSpec } from '../contracts/index.ts';
import { type Clock, raceAbort } from '../kernel/index.ts';
import { ArgumentReader } from './arguments.ts';
import { MAX_TOOLS, type NamedTools, named, type SourcedTool } from './names.ts';
import { boundedResult, shortText } from './text.ts';
import { ToolError } from './tool-error.ts';

/** Where tools say what people who run the server should know. Never given arguments, results or keys. */
export type ToolLog = (level: 'info' | 'warn' | 'error', message: string) => void;

/** What became of a call, as the LLM is told it: the result, or JSON with an `error`. */
export interface ToolOutcome {
  readonly status: 'done' | 'failed' | 'cancelled';
  readonly content: string;
}

export interface ToolBoxOptions {
  /** Asked again each time: tools come and go. The first ones stay where there are too many. */
  readonly sources: readonly { readonly tools: readonly SourcedTool[] }[];
  readonly clock: Clock;
  readonly log?: ToolLog;
}

/** The tools of one conversation, under names of their own, and how they are called. */
export class ToolBox {
  readonly #options: ToolBoxOptions;
  readonly #arguments = new ArgumentReader();
  #saidTooMany = false;

  constructor(options: ToolBoxOptions) {
    this.#options = options;
  }

  /** What the LLM may call just now. */
  specs(): readonly ToolSpec[] {
    const { specs, leftOut } = this.#named();
    if (leftOut > 0 && !this.#saidTooMany) {
      this.#saidTooMany = true;
      this.#options.log?.('warn', `more than ${MAX_TOOLS} tools: ${leftOut} are left out; name fewer with "only"`);
    }
    return specs;
  }

  find(name: string): SourcedTool | undefined {
    return this.#named().find(name);
  }

  /**
   * Runs one call to its end. Never rejects for what a tool does: that is an outcome, which the LLM is told. The tool
   * is aborted by its timeout, or by the signal; then the outcome comes at once, however long the tool takes to stop.
   */
  async run(call: ToolCall, { signal, session }: { signal: AbortSignal; session: string }): Promise<ToolOutcome> {
    const { clock } = this.#options;
    const tool = this.find(call.name);
    const startedAt = clock.now();
    const outcome = tool ? await this.#try(tool, call, signal, session) : unknown(call.name);
    const took = `${Math.round(clock.now() - startedAt)} ms`;
    const what = tool ? `tool ${tool.spec.name} (${tool.source ?? tool.origin})` : 'a tool that is not there';
    if (outcome.summary !== undefined) this.#options.log?.('warn', `${what} failed in ${took}: ${outcome.summary}`);
    else this.#options.log?.('info', `${what} ${outcome.status} in ${took}`);
    return { status: outcome.status, content: outcome.content };
  }

  async #try(tool: SourcedTool, call: ToolCall, signal: AbortSignal, session: string): Promise<Tried> {
    const own = new AbortController();
    const onAbort = (): void => own.abort(signal.reason);
    if (signal.aborted) return CANCELLED;
    signal.addEventListener('abort', onAbort, { once: true });
    const cancelTimeout = this.#options.clock.after(tool.timeoutMs, () =>
      own.abort(new ToolError(`it gave no result in ${tool.timeoutMs} ms`)),
    );
    try {
      const trusted = tool.origin === 'webhook';
      const args = this.#arguments.read(call.args, tool.spec.parameters, { trusted });
      const running = tool.run(args, { signal: own.signal, session });
      return { status: 'done', content: boundedResult(await raceAbort(running, own.signal)) };
    } catch (error) {
      return signal.aborted ? CANCELLED : failed(own.signal.aborted ? own.signal.reason : error);
    } finally {
      cancelTimeout();
      signal.removeEventListener('abort', onAbort);
    }
  }

  #named(): NamedTools {
    return named(this.#options.sources.flatMap(({ tools }) => tools));
  }
}

interface Tried extends ToolOutcome {
  /** Of a failure, for the log. */
  readonly summary?: string;
}

const errorText = (error: string): string => JSON.stringify({ error });

const CANCELLED: Tried = { status: 'cancelled', content: errorText('cancelled') };

const unknown = (name: string): Tried => ({
  status: 'failed',
  summary: 'the language model made it up, or it has gone',
  content: errorText(`there is no tool "${shortText(name, 64)}" now`),
});

function failed(error: unknown): Tried {
  const summary = error instanceof ToolError ? error.summary : error instanceof Error ? error.name : 'it threw';
  const message = error instanceof Error ? error.message : String(error);
  return { status: 'failed', summary, content: errorText(shortText(message) || 'it failed') };
}
