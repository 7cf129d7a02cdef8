import OpenAI from 'openai';
import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import {
  type ChatMessage,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  type LlmSettings,
  type OpenAiAccess,
  ProviderError,
  type ToolCall,
} from '../../contracts/index.ts';
import { abortable, type Clock, systemClock } from '../../kernel/index.ts';
import { Deadline } from '../deadline.ts';
import { isOpenAiItself, onceMore, openAiClient } from '../openai/client.ts';
import { toProviderError } from '../openai/errors.ts';
import { ThoughtFilter } from './thought-filter.ts';

export interface OpenAiLlmOptions {
  readonly access: OpenAiAccess;
  readonly settings: Pick<LlmSettings, 'temperature' | 'maxTokens' | 'timeoutMs'> & { readonly model: string };
  readonly clock?: Clock;
}

/** Calls in one answer; more is a model that has lost itself. */
const MAX_TOOL_CALLS = 32;
const MAX_ARGS_CHARS = 64 * 1024;

/** Chat completions of OpenAI or any compatible server (Ollama, llama.cpp, vLLM...), streamed. */
export class OpenAiLlm implements LlmProvider {
  readonly id = 'openai';
  readonly canSummarise = true;
  readonly #options: OpenAiLlmOptions;
  readonly #client: OpenAI;
  readonly #openAiItself: boolean;
  /** Until a server shows that it does not know the option. */
  #asksUsage = true;

  constructor(options: OpenAiLlmOptions) {
    this.#options = options;
    this.#client = openAiClient(options.access, options.settings.timeoutMs);
    this.#openAiItself = isOpenAiItself(options.access);
  }

  async *reply(history: readonly ChatMessage[], { signal, tools }: LlmOptions): AsyncGenerator<LlmChunk> {
    signal.throwIfAborted();
    const { clock = systemClock, settings } = this.#options;
    const deadline = new Deadline({ stage: 'llm', ms: settings.timeoutMs, parent: signal, clock });
    try {
      const stream = await this.#open(this.#request(history, tools), deadline.signal);
      yield* this.#read(stream, deadline);
      deadline.signal.throwIfAborted();
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw toProviderError('llm', this.#openAiItself ? 'OpenAI' : 'the language model server', error);
    } finally {
      deadline.close();
    }
  }

  #request(history: readonly ChatMessage[], tools: LlmOptions['tools']): ChatCompletionCreateParamsStreaming {
    const { model, maxTokens, temperature } = this.#options.settings;
    return {
      model,
      messages: history.map(toMessage),
      stream: true,
      // Newer models of OpenAI refuse the old name, other servers may not know the new one.
      ...(this.#openAiItself ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
      ...(temperature !== undefined && { temperature }),
      ...(tools?.length && { tools: tools.map((tool) => ({ type: 'function' as const, function: { ...tool } })) }),
    };
  }

  async #open(
    request: ChatCompletionCreateParamsStreaming,
    signal: AbortSignal,
  ): Promise<AsyncIterable<ChatCompletionChunk>> {
    const { completions } = this.#client.chat;
    if (this.#asksUsage) {
      try {
        const withUsage = { ...request, stream_options: { include_usage: true } };
        return await onceMore(() => completions.create(withUsage, { signal }), signal);
      } catch (error) {
        const mayNotKnow = error instanceof OpenAI.BadRequestError || error instanceof OpenAI.UnprocessableEntityError;
        if (this.#openAiItself || !mayNotKnow) throw error;
      }
    }
    const stream = await onceMore(() => completions.create(request, { signal }), signal);
    this.#asksUsage = false;
    return stream;
  }

  async *#read(stream: AsyncIterable<ChatCompletionChunk>, deadline: Deadline): AsyncGenerator<LlmChunk> {
    const calls = new ToolCalls();
    const thoughts = new ThoughtFilter();
    let finished = false;
    for await (const { choices, usage } of abortable(stream, deadline.signal)) {
      deadline.pause(); // while the reader is busy
      const [choice] = choices;
      calls.add(choice?.delta?.tool_calls);
      const delta = thoughts.push(choice?.delta?.content ?? '');
      if (delta !== '') yield { kind: 'text', delta };
      if (choice?.finish_reason) finished = true;
      if (usage) yield { kind: 'usage', inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens };
      deadline.touch();
    }
    deadline.pause();
    if (!finished) throw ProviderError.unavailable('llm', 'the language model broke off in mid-answer');
    const rest = thoughts.flush();
    if (rest !== '') yield { kind: 'text', delta: rest };
    for (const call of calls.complete()) yield { kind: 'tool-call', ...call };
  }
}

/** Puts tool calls together from their pieces, which come by index. */
class ToolCalls {
  readonly #calls = new Map<number, { id: string; name: string; args: string }>();

  add(pieces: readonly ChatCompletionChunk.Choice.Delta.ToolCall[] = []): void {
    for (const { index, id, function: piece } of pieces) {
      const call = this.#calls.get(index) ?? { id: '', name: '', args: '' };
      if (id) call.id = id;
      if (piece?.name) call.name = piece.name;
      call.args += piece?.arguments ?? '';
      this.#calls.set(index, call);
      if (this.#calls.size > MAX_TOOL_CALLS || call.args.length > MAX_ARGS_CHARS) {
        throw ProviderError.badRequest('llm', 'the language model called more tools than an answer can hold');
      }
    }
  }

  complete(): ToolCall[] {
    return [...this.#calls.entries()]
      .sort(([a], [b]) => a - b)
      .map(([index, call]) => ({ ...call, id: call.id || `call-${index}`, args: call.args || '{}' }));
  }
}

function toMessage(message: ChatMessage): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', content: message.content, ...(message.name && { name: asName(message.name) }) };
    case 'tool':
      return { role: 'tool', content: message.content, tool_call_id: message.toolCallId };
    case 'assistant': {
      const calls = message.toolCalls?.map(({ id, name, args }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: args },
      }));
      return { role: 'assistant', content: message.content, ...(calls?.length && { tool_calls: calls }) };
    }
  }
}

/** What OpenAI takes for a participant's name. */
const asName = (name: string): string => name.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 64);
