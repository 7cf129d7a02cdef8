import { fitsAsJson, MAX_RESULT_BYTES } from '../protocol/constants.ts';
import type { ClientToolOffer, NoticeOf, RequestOf } from '../protocol/index.ts';
import { offerProblem } from './tool-offer.ts';

/** Calls that run at once; more are answered with an error. */
export const MAX_RUNNING = 8;
/** Longest account of a failure, in characters. */
const MAX_ERROR_LENGTH = 1000;

/** What a tool is, and when to use it, in words for a language model. `parameters`: JSON Schema of an object; absent: none. */
export type ToolSpec = Omit<ClientToolOffer, 'parameters'> & {
  readonly parameters?: Readonly<Record<string, unknown>>;
};

/**
 * Runs a tool. Models make mistakes: check the arguments. Whatever JSON can hold may come back, a promise of it, or
 * nothing; what is thrown is told to the model. The signal is aborted when nobody waits for the result any more.
 */
export type ToolHandler = (args: Record<string, unknown>, context: { readonly signal: AbortSignal }) => unknown;

type Say = <N extends 'offer-tools' | 'tool-result'>(name: N, message: RequestOf<N>) => void;

/** The page's tools, and their calls that are running. */
export class Tools {
  readonly #say: Say;
  readonly #tools = new Map<string, { readonly offer: ClientToolOffer; readonly handler: ToolHandler }>();
  readonly #running = new Map<string, AbortController>();
  #offering = false;

  /** `say`: to the server, if there is one now. */
  constructor(say: Say) {
    this.#say = say;
  }

  /** The function returned takes it away again. Throws a TypeError where the server would not take it. */
  register(spec: ToolSpec, handler: ToolHandler): () => void {
    const offer = { parameters: { type: 'object', properties: {} }, ...spec } as ClientToolOffer;
    const problem = offerProblem(this.#offers, offer);
    if (problem) throw new TypeError(`The tool ${spec.name} cannot be offered: ${problem}`);
    const tool = { offer, handler };
    this.#tools.set(spec.name, tool);
    this.#offerSoon();
    return () => {
      if (this.#tools.get(spec.name) !== tool) return;
      this.#tools.delete(spec.name);
      this.#offerSoon();
    };
  }

  /** To a server that knows none of them yet. */
  offer(): void {
    if (this.#tools.size > 0) this.#say('offer-tools', { tools: this.#offers });
  }

  async run({ call, name, args }: NoticeOf<'tool-call'>): Promise<void> {
    const running = new AbortController();
    if (this.#running.size >= MAX_RUNNING)
      return this.#say('tool-result', { call, error: 'Too many tools are running' });
    this.#running.set(call, running);
    const answer = await this.#answer(call, name, args, running.signal);
    if (running.signal.aborted) return;
    this.#running.delete(call);
    this.#say('tool-result', answer);
  }

  cancel(call: string): void {
    this.#running.get(call)?.abort();
    this.#running.delete(call);
  }

  /** Nobody waits for any of them any more. */
  cancelAll(): void {
    for (const call of [...this.#running.keys()]) this.cancel(call);
  }

  get #offers(): ClientToolOffer[] {
    return [...this.#tools.values()].map(({ offer }) => offer);
  }

  /** Tools that come and go together are told once. */
  #offerSoon(): void {
    if (this.#offering) return;
    this.#offering = true;
    queueMicrotask(() => {
      this.#offering = false;
      this.#say('offer-tools', { tools: this.#offers });
    });
  }

  async #answer(call: string, name: string, args: string, signal: AbortSignal): Promise<RequestOf<'tool-result'>> {
    try {
      const tool = this.#tools.get(name);
      if (!tool) throw new Error('This page has no such tool');
      const value = await tool.handler(JSON.parse(args), { signal });
      const result = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'done');
      if (!fitsAsJson(result, MAX_RESULT_BYTES)) throw new Error('The result is too long');
      return { call, result };
    } catch (error) {
      return { call, error: (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR_LENGTH) };
    }
  }
}
