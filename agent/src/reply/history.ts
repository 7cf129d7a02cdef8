import { estimateTokenCount } from 'tokenx';
import type { ChatMessage } from '../contracts/index.ts';

interface Turn {
  readonly turn: number;
  readonly user: readonly { readonly text: string; readonly name?: string }[];
  readonly assistant: string;
}

/** What a message costs beyond its words, in tokens. */
const MESSAGE_OVERHEAD = 4;

/** The conversation as both sides heard it, turn by turn, and as much of it as the LLM's budget takes. */
export class History {
  readonly #turns = new Map<number, Turn>();
  readonly #budget: number;
  readonly #instructions: string;

  constructor(options: { instructions: string; budgetTokens: number }) {
    this.#instructions = options.instructions;
    this.#budget = options.budgetTokens;
  }

  /** What callers said in a turn; replaces what was known of it (late words, a turn that went on). */
  setUser(turn: number, user: Turn['user']): void {
    this.#turns.set(turn, {
      turn,
      user: user.filter((part) => part.text !== ''),
      assistant: this.#turns.get(turn)?.assistant ?? '',
    });
  }

  /** What was heard of the answer to a turn. */
  setAssistant(turn: number, heard: string): void {
    this.#turns.set(turn, { turn, user: this.#turns.get(turn)?.user ?? [], assistant: heard.trim() });
  }

  /** Instructions, then as many of the latest turns as fit; the latest is always there. */
  messages(): ChatMessage[] {
    const kept: ChatMessage[][] = [];
    let tokens = cost(this.#instructions);
    for (const turn of [...this.#turns.values()].sort((a, b) => b.turn - a.turn)) {
      const messages = toMessages(turn);
      tokens += messages.reduce((sum, message) => sum + cost(message.content), 0);
      if (tokens > this.#budget && kept.length > 0) {
        this.#forgetBefore(turn.turn + 1);
        break;
      }
      kept.unshift(messages);
    }
    return [{ role: 'system', content: this.#instructions }, ...kept.flat()];
  }

  /** Turns that did not fit never will: the budget is constant and turns only grow. */
  #forgetBefore(turn: number): void {
    for (const number of this.#turns.keys()) if (number < turn) this.#turns.delete(number);
  }
}

const cost = (text: string): number => estimateTokenCount(text) + MESSAGE_OVERHEAD;

function toMessages({ user, assistant }: Turn): ChatMessage[] {
  const messages: ChatMessage[] = user.map(({ text, name }) => ({
    role: 'user',
    content: text,
    ...(name ? { name } : {}),
  }));
  if (assistant !== '') messages.push({ role: 'assistant', content: assistant });
  return messages;
}
