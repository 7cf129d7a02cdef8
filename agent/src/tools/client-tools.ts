import type { ClientTool, ClientToolResult, ToolContext } from '../contracts/index.ts';
import { raceAbort } from '../kernel/index.ts';
import type { Arguments } from './arguments.ts';
import type { SourcedTool } from './names.ts';
import { boundedResult, shortText } from './text.ts';
import { ToolError } from './tool-error.ts';

/** Tools of one caller's page; more are left out. */
const MAX_TOOLS_OF_CALLER = 64;

export interface ClientToolPort {
  /** This caller's page is to run a tool. `args` is JSON text of an object. */
  call(event: { callerId: string; call: string; name: string; args: string }): void;
  /** Nobody waits for it any more. */
  cancelled(event: { callerId: string; call: string }): void;
}

interface Pending {
  readonly callerId: string;
  readonly settle: PromiseWithResolvers<string>;
}

/**
 * Tools that callers' pages run, in one conversation. Where two callers offer the same name, the one who is preferred,
 * or else offered last, serves it; the other does again when that one leaves.
 */
export class ClientTools {
  readonly #port: ClientToolPort;
  /** In the order of the offers. */
  readonly #offers = new Map<string, readonly SourcedTool[]>();
  readonly #pending = new Map<string, Pending>();
  #tools: readonly SourcedTool[] = [];
  #calls = 0;

  constructor(port: ClientToolPort) {
    this.#port = port;
  }

  get tools(): readonly SourcedTool[] {
    return this.#tools;
  }

  /** Replaces what this caller offered before. Calls that are under way go on. */
  offer(callerId: string, tools: readonly ClientTool[]): void {
    this.#offers.delete(callerId);
    const own = tools.slice(0, MAX_TOOLS_OF_CALLER).map((tool) => this.#made(callerId, tool));
    if (own.length > 0) this.#offers.set(callerId, own);
    this.#merge();
  }

  /** Takes the caller's tools away and fails the calls that it was to answer, at once. */
  callerLeft(callerId: string): void {
    this.#offers.delete(callerId);
    this.#merge();
    for (const pending of this.#pending.values()) {
      if (pending.callerId === callerId) pending.settle.reject(new ToolError("the caller's page is gone"));
    }
  }

  /** This caller's tools serve the names that others offer too, until another is preferred or offers anew. */
  prefer(callerId: string): void {
    const tools = this.#offers.get(callerId);
    if (!tools) return;
    this.#offers.delete(callerId);
    this.#offers.set(callerId, tools);
    this.#merge();
  }

  /** What a page made of a call. Ignored where nobody waits for it, or another page was asked. */
  result(callerId: string, result: ClientToolResult): void {
    const pending = this.#pending.get(result.call);
    if (pending?.callerId !== callerId) return;
    if ('error' in result) {
      pending.settle.reject(new ToolError("the caller's page reports an error", shortText(result.error)));
    } else {
      pending.settle.resolve(boundedResult(result.result));
    }
  }

  #made(callerId: string, { name, description, parameters, timeoutMs, cancelOnInterrupt, filler }: ClientTool) {
    return {
      spec: { name, description, parameters },
      origin: 'client',
      source: 'client',
      timeoutMs,
      cancelOnInterrupt,
      filler,
      run: (args: Arguments, context: ToolContext) => this.#run(callerId, name, args, context),
    } satisfies SourcedTool;
  }

  async #run(callerId: string, name: string, args: Arguments, { signal }: ToolContext): Promise<string> {
    signal.throwIfAborted();
    if (!this.#offers.has(callerId)) throw new ToolError("the caller's page is gone");
    const call = `c${++this.#calls}`;
    const settle = Promise.withResolvers<string>();
    this.#pending.set(call, { callerId, settle });
    try {
      this.#port.call({ callerId, call, name, args: JSON.stringify(args) });
      return await raceAbort(settle.promise, signal);
    } catch (error) {
      if (signal.aborted) this.#port.cancelled({ callerId, call });
      throw error;
    } finally {
      this.#pending.delete(call);
    }
  }

  /** The last to offer a name wins it. */
  #merge(): void {
    const byName = new Map<string, SourcedTool>();
    for (const tool of [...this.#offers.values()].flat()) byName.set(tool.spec.name, tool);
    this.#tools = [...byName.values()];
  }
}
