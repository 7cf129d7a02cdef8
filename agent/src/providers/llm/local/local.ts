import { fileURLToPath } from 'node:url';
import {
  type ChatMessage,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  type LlmSettings,
  LOCAL_CONTEXT_TOKENS,
  ProviderError,
} from '../../../contracts/index.ts';
import { abortable, Channel, type Clock, systemClock } from '../../../kernel/index.ts';
import { ChildServer, type Line, usualThreads } from '../../child/index.ts';
import { Deadline } from '../../deadline.ts';
import type { Log } from '../../log.ts';
import { type Answer, answerSchema, isLast, type ReplyAnswer, type Request, type Said } from './messages.ts';

export interface LocalLlmOptions {
  /** A GGUF file. */
  readonly file: string;
  /** Of one inference; by default half the processors, at most four. */
  readonly threads?: number;
  readonly contextTokens?: number;
  readonly settings: Pick<LlmSettings, 'temperature' | 'maxTokens' | 'timeoutMs'>;
  readonly clock?: Clock;
  readonly log?: Log;
  /** The child's program, in tests. */
  readonly entry?: string;
}

const ENTRY = fileURLToPath(new URL('./child.ts', import.meta.url));
/** Pieces of an answer that were written and not yet read: no answer has as many. */
const MAX_WAITING = 16_384;

/** A language model on this machine's processor: llama.cpp with a GGUF file, in a process of its own. It calls no tools. */
export class LocalLlm implements LlmProvider {
  readonly id = 'local';
  readonly canSummarise = true;
  readonly #server: ChildServer<Request, Answer>;
  readonly #options: LocalLlmOptions;
  readonly #clock: Clock;

  private constructor(server: ChildServer<Request, Answer>, options: LocalLlmOptions) {
    this.#server = server;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Resolves when the model is loaded. Throws EngineUnavailable where it cannot be. */
  static async load(options: LocalLlmOptions, signal: AbortSignal): Promise<LocalLlm> {
    const { file, threads = usualThreads(), contextTokens = LOCAL_CONTEXT_TOKENS, entry = ENTRY, clock, log } = options;
    const load: Request = { type: 'load', file, threads, contextTokens };
    const child = { engine: 'local', title: 'llama.cpp', entry, load, answers: answerSchema, isLast };
    const server = await ChildServer.start<Request, Answer>({ stage: 'llm', ...child, clock, log }, signal);
    return new LocalLlm(server, options);
  }

  /** Of the watched process. */
  get pid(): number | undefined {
    return this.#server.pid;
  }

  async *reply(history: readonly ChatMessage[], { signal }: LlmOptions): AsyncGenerator<LlmChunk> {
    signal.throwIfAborted();
    const { timeoutMs, maxTokens, temperature } = this.#options.settings;
    const deadline = new Deadline({ stage: 'llm', ms: timeoutMs, parent: signal, clock: this.#clock });
    const written = new Channel<LlmChunk>({ capacity: MAX_WAITING, overflow: 'fail' });
    let line: Line<Request> | undefined;
    try {
      line = await this.#server.line(
        { answered: (answer) => take(answer, written), failed: (error) => written.fail(error) },
        deadline.signal,
      );
      line.send({ type: 'reply', id: line.id, history: saidIn(history), maxTokens, temperature });
      for await (const chunk of abortable(written, deadline.signal)) {
        deadline.pause(); // while the reader is busy
        yield chunk;
        deadline.touch();
      }
      deadline.signal.throwIfAborted();
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.signal.aborted) this.#server.suspect(timeoutMs);
      throw error;
    } finally {
      deadline.close();
      line?.close();
    }
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function take(answer: ReplyAnswer, written: Channel<LlmChunk>): void {
  if (answer.type === 'text') written.push({ kind: 'text', delta: answer.delta });
  else if (answer.type === 'error') written.fail(ProviderError.unavailable('llm', `llama.cpp: ${answer.message}`));
  else {
    written.push({ kind: 'usage', inputTokens: answer.inputTokens, outputTokens: answer.outputTokens });
    written.end();
  }
}

/** Without what another engine did with tools, of which this one knows nothing. */
const saidIn = (history: readonly ChatMessage[]): Said[] =>
  history.flatMap(({ role, content }) => (role === 'tool' || content === '' ? [] : [{ role, text: content }]));
