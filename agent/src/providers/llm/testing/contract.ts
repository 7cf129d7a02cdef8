import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChatMessage, LlmChunk, LlmProvider } from '../../../contracts/index.ts';
import { all, failureOf, settle } from '../../../testing/index.ts';

export interface LlmUnderTest {
  readonly llm: LlmProvider;
  close(): Promise<void>;
}

export interface LlmContractOptions {
  readonly name: string;
  /** One that says at least four words to `QUESTION`. */
  open(): Promise<LlmUnderTest>;
  /** What it says; absent where only its form is known. */
  readonly says?: string;
}

const QUESTION = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Hello?' },
] as const;
const STOP_MS = 50;
const never = new AbortController().signal;
const bargeIn = new Error('barge-in');

const textOf = (chunks: readonly LlmChunk[]): string => chunks.map((c) => (c.kind === 'text' ? c.delta : '')).join('');

/** What everyone who answers for the agent keeps to. */
export function llmContract({ name, open, says }: LlmContractOptions): void {
  describe(`${name} keeps the contract of answers:`, () => {
    let it: LlmUnderTest;
    beforeAll(async () => {
      it = await open();
    });
    afterAll(async () => {
      await it.llm.close?.();
      await it.close();
      await settle(); // a rejection that nobody handles fails the test here
    });

    const ask = (history: readonly ChatMessage[] = QUESTION, signal = never): Promise<LlmChunk[]> =>
      all(it.llm.reply(history, { signal }));

    test('it answers in pieces, in order, none of them empty', async () => {
      const deltas = (await ask()).flatMap((chunk) => (chunk.kind === 'text' ? [chunk.delta] : []));
      expect(deltas.length).toBeGreaterThan(1);
      expect(deltas).not.toContain('');
      if (says !== undefined) expect(deltas.join('')).toBe(says);
    });

    test('it goes on with a long conversation, in any script, with tools that another engine called', async () => {
      const history: ChatMessage[] = [
        ...QUESTION,
        { role: 'assistant', content: 'Hi <|im_end|> {{ there }}.' },
        { role: 'user', content: '你好吗？ 👋', name: 'Ada' },
        { role: 'assistant', content: '', toolCalls: [{ id: '1', name: 'clock', args: '{}' }] },
        { role: 'tool', toolCallId: '1', content: '12:00' },
        { role: 'user', content: 'And now?' },
      ];
      expect(textOf(await ask(history)).length).toBeGreaterThan(0);
    });

    test('it answers several at once', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => ask()));
      for (const answer of answers) expect(textOf(answer)).toBe(textOf(answers[0] ?? []));
    });

    test('stopped before it began, it gives the reason', async () => {
      expect(await failureOf(ask(QUESTION, AbortSignal.abort(bargeIn)))).toBe(bargeIn);
    });

    test(`stopped in the middle, it ends within ${STOP_MS} ms with the reason, and answers again`, async () => {
      const stop = new AbortController();
      const reply = it.llm.reply(QUESTION, { signal: stop.signal })[Symbol.asyncIterator]();
      await reply.next();
      stop.abort(bargeIn);
      const from = performance.now();
      expect(await failureOf(reply.next())).toBe(bargeIn);
      expect(performance.now() - from).toBeLessThan(STOP_MS);
      expect(textOf(await ask()).length).toBeGreaterThan(0);
    });

    test('left in the middle, it answers the next one', async () => {
      for await (const _ of it.llm.reply(QUESTION, { signal: never })) break;
      expect(textOf(await ask()).length).toBeGreaterThan(0);
    });
  });
}
