import {
  type ChatMessage,
  type LlmChunk,
  type LlmOptions,
  type LlmProvider,
  ProviderError,
} from '../../contracts/index.ts';
import { type Clock, sleep } from '../../kernel/index.ts';
import type { LlmScript } from './schema-engines.ts';

/** What it says where the scene has no answer. */
export const DEFAULT_ANSWER = 'One two three. Four five six. Seven eight nine.';

type Answer = LlmScript['answers'][number];

export interface SceneRequest {
  /** Clock's ms. */
  readonly at: number;
  readonly messages: readonly ChatMessage[];
  /** The user's words since anybody else's. */
  readonly user: string;
}

/** Answers by the scene's rules, word by word, as fast as the scene says. */
export class SceneLlm implements LlmProvider {
  readonly id = 'scene-llm';
  readonly requests: SceneRequest[] = [];
  readonly #clock: Clock;
  readonly #script: LlmScript;
  readonly #onRequest: (request: SceneRequest) => void;
  #calls = 0;

  constructor(clock: Clock, script: LlmScript, onRequest: (request: SceneRequest) => void = () => {}) {
    this.#clock = clock;
    this.#script = script;
    this.#onRequest = onRequest;
  }

  async *reply(messages: readonly ChatMessage[], { signal }: LlmOptions): AsyncIterable<LlmChunk> {
    const user = lastWords(messages);
    const request = { at: this.#clock.now(), messages: [...messages], user };
    this.requests.push(request);
    this.#onRequest(request);
    const answer = this.#answer(messages, user);
    const { first_token_ms, tokens_per_s } = { ...this.#script, ...defined(answer) };
    await sleep(this.#clock, first_token_ms, signal);
    const words = (answer?.say ?? DEFAULT_ANSWER).split(/(?<=\s)|(?<=[\u3040-\u9fff])/).filter((word) => word !== '');
    for (let said = 0; ; said++) {
      if (said === answer?.stalls_after_words) await forever(signal);
      if (said === answer?.fails_after_words) throw new ProviderError('llm', answer.fails, 'the scene says so');
      if (said >= words.length) break;
      if (said > 0) await sleep(this.#clock, 1000 / tokens_per_s, signal);
      yield { kind: 'text', delta: words[said] as string };
    }
    for (const { name, args } of answer?.calls ?? []) {
      yield { kind: 'tool-call', id: `call-${++this.#calls}`, name, args: JSON.stringify(args) };
    }
  }

  #answer(messages: readonly ChatMessage[], user: string): Answer | undefined {
    const afterTool = messages.at(-1)?.role === 'tool';
    return this.#script.answers.find(
      ({ request, when, after_tool = false }) =>
        after_tool === afterTool &&
        (request === undefined || request === this.requests.length) &&
        (when === undefined || user.toLowerCase().includes(when.toLowerCase())),
    );
  }
}

function lastWords(messages: readonly ChatMessage[]): string {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const before = messages.slice(0, last + 1).findLastIndex(({ role }) => role !== 'user');
  const own = messages.slice(before + 1, last + 1);
  return own.map(({ content }) => content).join(' ');
}

/** Without the keys that are not set. */
const defined = (answer: Answer | undefined): Partial<Answer> =>
  Object.fromEntries(Object.entries(answer ?? {}).filter(([, value]) => value !== undefined));

/** Rejects with the signal's reason once that is aborted. */
export const forever = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
