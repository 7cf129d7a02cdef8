import type { ChatMessage, LlmChunk, LlmOptions, LlmProvider } from '../../contracts/index.ts';
import { type Chain, PATIENCE_MS } from './chain.ts';
import { EchoFilter } from './echo-filter.ts';
import { WholeWords } from './whole-words.ts';

/** The same where tools are offered: nothing is seen of a call before it is written to its end. */
const TOOLS_PATIENCE_MS = 5000;
const GO_ON =
  'Your last answer was cut off by a technical fault. Go on from exactly where it stops, in the same language, with ' +
  'the very next word. Repeat nothing of it, and do not mention the fault.';

/** Language models in order: where one fails, even in mid-answer, the next one goes on. */
export class FallbackLlm implements LlmProvider {
  readonly id: string;
  readonly canSummarise: boolean;
  readonly opening?: (language?: string) => string;
  readonly #chain: Chain<LlmProvider>;

  constructor(chain: Chain<LlmProvider>) {
    this.#chain = chain;
    const { engine } = chain.first;
    this.id = engine.id;
    this.canSummarise = chain.options.links.some((link) => link.engine.canSummarise);
    if (engine.opening) this.opening = (language) => engine.opening?.(language) ?? '';
  }

  async *reply(history: readonly ChatMessage[], options: LlmOptions): AsyncGenerator<LlmChunk> {
    const walk = this.#chain.walk(options.signal, () => patienceMs(options));
    let said = '';
    let hasCalled = false;
    for (let attempt = walk.next(); attempt; attempt = walk.next()) {
      const goesOn = said.trim() !== '';
      const pen = new Pen(goesOn ? said : undefined, walk.last);
      const asked = goesOn ? [...history, ...goOnFrom(said)] : history;
      try {
        for await (const chunk of attempt.read(attempt.engine.reply(asked, { ...options, signal: attempt.signal }))) {
          const delta = chunk.kind === 'text' ? pen.push(chunk.delta) : pen.flush();
          said += delta;
          if (delta !== '') yield { kind: 'text', delta };
          if (chunk.kind === 'text') continue;
          hasCalled ||= chunk.kind === 'tool-call';
          yield chunk;
        }
        const rest = pen.flush();
        if (rest !== '') yield { kind: 'text', delta: rest };
        attempt.succeeded();
        return;
      } catch (error) {
        walk.failed(attempt, error);
        if (hasCalled) throw walk.failure; // the call may be under way: another engine would make it again
      } finally {
        attempt.close();
      }
    }
    throw walk.failure;
  }

  close(): Promise<void> {
    return this.#chain.close();
  }
}

/** The text of one engine on its way: without what was said before, and cut between words if another may follow. */
class Pen {
  readonly #echo: EchoFilter | undefined;
  readonly #words: WholeWords | undefined;

  constructor(said: string | undefined, isLast: boolean) {
    if (said !== undefined) this.#echo = new EchoFilter(said);
    if (!isLast) this.#words = new WholeWords();
  }

  push(delta: string): string {
    return this.#cut(this.#echo ? this.#echo.push(delta) : delta);
  }

  flush(): string {
    return this.#cut(this.#echo?.flush() ?? '') + (this.#words?.flush() ?? '');
  }

  #cut(text: string): string {
    return this.#words ? this.#words.push(text) : text;
  }
}

/** Nobody waits for a summary. */
const patienceMs = ({ tools, forSummary }: LlmOptions): number | undefined => {
  if (forSummary) return undefined;
  return tools?.length ? TOOLS_PATIENCE_MS : PATIENCE_MS;
};

const goOnFrom = (said: string): ChatMessage[] => [
  { role: 'assistant', content: said.trimEnd() },
  { role: 'user', content: GO_ON },
];
