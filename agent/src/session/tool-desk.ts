import type { ChatMessage, ClientTool, ClientToolResult, SessionEvent, ToolCall } from '../contracts/index.ts';
import { type Clock, raceAbort, type Scope } from '../kernel/index.ts';
import type { History, ReplyTools } from '../reply/index.ts';
import { ClientTools, ToolBox, type ToolLog, type ToolOutcome, type ToolSource } from '../tools/index.ts';

export interface ToolDeskOptions {
  /** Of the session: tools that an interruption may not cancel end with it at the latest. */
  readonly scope: Scope;
  readonly clock: Clock;
  readonly shared: Pick<ToolSource, 'tools'>;
  readonly history: History;
  readonly emit: (event: SessionEvent) => void;
  readonly log?: ToolLog;
}

/** The tools of one conversation at work: runs what answers call, tells of it, and keeps what comes too late. */
export class ToolDesk {
  readonly #options: ToolDeskOptions;
  readonly #client: ClientTools;
  readonly #box: ToolBox;

  constructor(options: ToolDeskOptions) {
    const { emit, clock, shared, log } = options;
    this.#options = options;
    this.#client = new ClientTools({
      call: (call) => emit({ type: 'client-tool-call', ...call }),
      cancelled: (call) => emit({ type: 'client-tool-cancelled', ...call }),
    });
    this.#box = new ToolBox({ sources: [shared, this.#client], clock, ...(log ? { log } : {}) });
  }

  offer(callerId: string, tools: readonly ClientTool[]): void {
    this.#client.offer(callerId, tools);
  }

  result(callerId: string, result: ClientToolResult): void {
    this.#client.result(callerId, result);
  }

  callerLeft(callerId: string): void {
    this.#client.callerLeft(callerId);
  }

  /** What to say while these run long: the first one's own words; undefined where they have none. */
  filler(calls: readonly ToolCall[]): string | undefined {
    return calls.map(({ name }) => this.#box.find(name)?.filler).find((words) => words !== undefined);
  }

  /** The tools of the answer to a turn of this caller, whose page comes first where several offer the same. */
  forTurn(turn: number, callerId?: string): ReplyTools {
    const rounds: ChatMessage[] = [];
    return {
      specs: () => this.#box.specs(),
      run: async (calls, signal) => {
        if (callerId !== undefined) this.#client.prefer(callerId);
        rounds.push({ role: 'assistant', content: '', toolCalls: calls });
        this.#options.history.setTools(turn, rounds);
        const results = await Promise.all(calls.map((call) => this.#answer(turn, call, signal)));
        rounds.push(...results);
        this.#options.history.setTools(turn, rounds);
        return results;
      },
    };
  }

  async #answer(turn: number, call: ToolCall, signal: AbortSignal): Promise<ChatMessage> {
    const { scope, history } = this.#options;
    const mayCancel = this.#box.find(call.name)?.cancelOnInterrupt ?? true;
    const running = this.#run(turn, call, mayCancel ? signal : scope.signal);
    // Once the answer is gone nobody reads it here: the next answer is to know.
    const late = (): void => void running.then(({ content }) => history.addToolResult(turn, call.id, content));
    signal.addEventListener('abort', late, { once: true });
    try {
      const { content } = await raceAbort(running, signal);
      return { role: 'tool', toolCallId: call.id, content };
    } finally {
      if (!signal.aborted) signal.removeEventListener('abort', late);
    }
  }

  async #run(turn: number, call: ToolCall, signal: AbortSignal): Promise<ToolOutcome> {
    const { emit, clock, scope } = this.#options;
    const origin = this.#box.find(call.name)?.origin;
    const tell = (status: 'running' | ToolOutcome['status'], ms?: number): void => {
      const { name } = call;
      if (origin)
        emit({ type: 'tool', turn, call: call.id, name, origin, status, ...(ms === undefined ? {} : { ms }) });
    };
    const startedAt = clock.now();
    tell('running');
    const outcome = await this.#box.run(call, { signal, session: scope.name });
    tell(outcome.status, clock.now() - startedAt);
    return outcome;
  }
}
