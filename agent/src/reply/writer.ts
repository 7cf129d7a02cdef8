import { estimateTokenCount } from 'tokenx';
import type { ChatMessage, LlmOptions, LlmProvider, ToolCall, ToolSpec } from '../contracts/index.ts';
import { abortable, type Channel, type Clock, raceAbort } from '../kernel/index.ts';
import { ClauseCutter } from './clauses.ts';
import { EmotionTags, type Toned } from './emotion-tags.ts';

/** How often an answer may call tools; then the LLM is asked without any, and has to say something. */
const MAX_TOOL_ROUNDS = 8;

/** Clock's ms of what happened in a reply; absent where it did not. */
export interface ReplyTimes {
  readonly startedAt: number;
  firstTokenAt?: number;
  firstClauseAt?: number;
  firstAudioAt?: number;
  firstPacketAt?: number;
}

/** The tools of an answer. */
export interface ReplyTools {
  specs(): readonly ToolSpec[];
  /** Runs them all at once; resolves with a `tool` message for each, and rejects only with the signal's reason. */
  run(calls: readonly ToolCall[], signal: AbortSignal): Promise<readonly ChatMessage[]>;
}

export interface WriterOptions {
  readonly llm: LlmProvider;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly language?: string;
  readonly source: readonly ChatMessage[] | string;
  readonly tools?: ReplyTools;
  /** Tags that set the emotion are taken out; else they are text. */
  readonly inlineEmotions?: boolean;
  /** What it writes comes out as it is written, and not clause by clause. */
  readonly uncut?: true;
  /** Tools wait for this: a guess must not have effects. */
  readonly until?: Promise<void>;
  readonly times: ReplyTimes;
}

/** For who reads and need not wait for the end of a clause. */
const UNCUT: Pick<ClauseCutter, 'push' | 'cut' | 'flush'> = {
  push: (text) => (text === '' ? [] : [text]),
  cut: () => [],
  flush: () => [],
};

/** The writing half of a reply: asks the LLM, runs the tools that it calls, asks again; clauses come out. */
export class Writer {
  readonly #options: WriterOptions;
  readonly #cutter: typeof UNCUT;
  readonly #tags: EmotionTags | undefined;
  #tone: Pick<Toned, 'emotion'> = {};
  #tokens = 0;
  #calls: readonly ToolCall[] = [];
  #saidInRound = false;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#cutter = options.uncut ? UNCUT : new ClauseCutter();
    if (options.inlineEmotions) this.#tags = new EmotionTags();
  }

  /** Tokens that it has cost so far; by estimate where the LLM does not tell. */
  get tokens(): number {
    return this.#tokens;
  }

  /** The calls that it waits for just now, and whether the LLM has said something before them. */
  get waiting(): { readonly calls: readonly ToolCall[]; readonly announced: boolean } {
    return { calls: this.#calls, announced: this.#saidInRound };
  }

  /** Ends the channel in any case: what was written before a failure is still worth saying. */
  async write(clauses: Channel<Toned>): Promise<void> {
    const { source } = this.#options;
    try {
      if (typeof source === 'string') this.#read(clauses, source);
      else await this.#converse(clauses, source);
    } finally {
      this.#readRest(clauses);
      this.#give(clauses, this.#cutter.flush());
      clauses.end();
    }
  }

  async #converse(clauses: Channel<Toned>, source: readonly ChatMessage[]): Promise<void> {
    const { tools, until, signal } = this.#options;
    let messages = source;
    for (let round = 0; ; round++) {
      const offered = round < MAX_TOOL_ROUNDS ? (tools?.specs() ?? []) : [];
      const { text, calls } = await this.#ask(clauses, messages, offered);
      if (!tools || calls.length === 0) return;
      // What it says before the tools is one clause, however short: nothing follows it for a while.
      this.#give(clauses, this.#cutter.cut());
      if (until) await raceAbort(until, signal);
      this.#calls = calls;
      const results = await tools.run(calls, signal);
      this.#calls = [];
      if (/[^\s\u3040-\u9fff。！？]$/.test(text)) this.#give(clauses, this.#cutter.push(' '));
      messages = [...messages, { role: 'assistant', content: text, toolCalls: calls }, ...results];
    }
  }

  async #ask(
    clauses: Channel<Toned>,
    messages: readonly ChatMessage[],
    tools: readonly ToolSpec[],
  ): Promise<{ text: string; calls: ToolCall[] }> {
    const { llm, signal, language, times, clock } = this.#options;
    const options: LlmOptions = { signal, language, ...(tools.length > 0 ? { tools } : {}) };
    const calls: ToolCall[] = [];
    let text = '';
    let told: number | undefined;
    this.#saidInRound = false;
    const before = this.#tokens;
    this.#tokens += messages.reduce((sum, { content }) => sum + estimateTokenCount(content), 0);
    for await (const chunk of abortable(llm.reply(messages, options), signal)) {
      if (chunk.kind === 'usage') told = chunk.inputTokens + chunk.outputTokens;
      else if (chunk.kind === 'tool-call') calls.push({ id: chunk.id, name: chunk.name, args: chunk.args });
      else if (chunk.delta !== '') {
        times.firstTokenAt ??= clock.now();
        this.#tokens += estimateTokenCount(chunk.delta);
        text += this.#read(clauses, chunk.delta);
        this.#saidInRound ||= text.trim() !== '';
      }
    }
    text += this.#readRest(clauses);
    if (told !== undefined) this.#tokens = before + told;
    return { text, calls };
  }

  /** Passes on what is to be said, tone by tone; returns it without its tags. */
  #read(clauses: Channel<Toned>, delta: string): string {
    return this.#write(clauses, this.#tags?.push(delta) ?? [{ text: delta }]);
  }

  #readRest(clauses: Channel<Toned>): string {
    return this.#write(clauses, this.#tags?.flush() ?? []);
  }

  #write(clauses: Channel<Toned>, runs: readonly Toned[]): string {
    for (const { text, ...tone } of runs) {
      // No clause is said in two tones.
      if (tone.emotion !== this.#tone.emotion) this.#give(clauses, this.#cutter.cut());
      this.#tone = tone;
      this.#give(clauses, this.#cutter.push(text));
    }
    return runs.map(({ text }) => text).join('');
  }

  #give(clauses: Channel<Toned>, complete: readonly string[]): void {
    if (complete.length > 0) this.#options.times.firstClauseAt ??= this.#options.clock.now();
    for (const text of complete) clauses.push({ text, ...this.#tone });
  }
}
