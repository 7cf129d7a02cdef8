import type { ChatHistoryItem, LlamaChat, LlamaContextSequence } from 'node-llama-cpp';
import type { Seat } from './desk.ts';
import { fit } from './fit.ts';
import type { Request, Said } from './messages.ts';

export type Reply = Extract<Request, { type: 'reply' }>;

export interface Written {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What the makers of Qwen2.5 advise, and ordinary for others. */
const SAMPLING = { temperature: 0.7, topK: 20, topP: 0.8 } as const;

/** What a chat template adds to a message, roughly, in tokens. */
const TOKENS_AROUND = 8;

/** A seat with a context of its own in the model. */
export class Writer implements Seat {
  busy = false;
  read: readonly Said[] = [];
  readonly #sequence: LlamaContextSequence;
  readonly #chat: LlamaChat;

  constructor(sequence: LlamaContextSequence, chat: LlamaChat) {
    this.#sequence = sequence;
    this.#chat = chat;
  }

  /** Throws the signal's reason when it is stopped, which takes until the end of the step it is in. */
  async write(
    { history, maxTokens, temperature = SAMPLING.temperature }: Reply,
    { signal, onText }: { signal: AbortSignal; onText: (delta: string) => void },
  ): Promise<Written> {
    this.busy = true;
    const known = this.#fitting(history, maxTokens);
    this.read = known;
    const before = this.#sequence.tokenMeter.getState();
    try {
      await this.#chat.generateResponse([...known.map(itemOf), { type: 'model', response: [] }], {
        ...SAMPLING,
        temperature,
        maxTokens,
        signal,
        onTextChunk: (delta) => delta !== '' && onText(delta),
        budgets: { thoughtTokens: 0 }, // a caller waits
      });
      const { usedInputTokens, usedOutputTokens } = this.#sequence.tokenMeter.diff(before);
      return { inputTokens: usedInputTokens, outputTokens: usedOutputTokens };
    } finally {
      this.busy = false;
    }
  }

  /** Room for the answer is left, of a small context half. */
  #fitting(history: readonly Said[], maxTokens: number): readonly Said[] {
    const { contextSize, model } = this.#sequence;
    const budget = contextSize - Math.min(maxTokens, contextSize >> 1);
    return fit(history, budget, ({ text }) => model.tokenize(text).length + TOKENS_AROUND);
  }
}

const itemOf = ({ role, text }: Said): ChatHistoryItem =>
  role === 'assistant' ? { type: 'model', response: [text] } : { type: role, text };
