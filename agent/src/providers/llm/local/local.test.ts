import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { LlmChunk } from '../../../contracts/index.ts';
import { all, failureOf, ManualClock, until, writeTinyLlm } from '../../../testing/index.ts';
import { LocalLlm, type LocalLlmOptions } from './local.ts';

jest.setTimeout(60_000); // real processes on a machine that may be busy
const never = new AbortController().signal;
const question = [{ role: 'user', content: 'Hello?' }] as const;

let folder: string;
let brief: string;
let endless: string;
let open: LocalLlm[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-local-'));
  brief = join(folder, 'brief.gguf');
  endless = join(folder, 'endless.gguf');
  writeTinyLlm(brief, ['I', ' am', ' tiny', '.']);
  writeTinyLlm(endless, [' on', ' and'], { endless: true });
});
afterEach(async () => {
  await Promise.all(open.map((llm) => llm.close()));
  open = [];
});
afterAll(() => rmSync(folder, { recursive: true }));

async function load(file: string, options: Partial<LocalLlmOptions> = {}): Promise<LocalLlm> {
  const settings = { maxTokens: 100, timeoutMs: 20_000, ...options.settings };
  const llm = await LocalLlm.load({ file, threads: 1, ...options, settings }, never);
  open.push(llm);
  return llm;
}
const textOf = (chunks: readonly LlmChunk[]): string => chunks.map((c) => (c.kind === 'text' ? c.delta : '')).join('');
const ask = async (llm: LocalLlm): Promise<string> => textOf(await all(llm.reply(question, { signal: never })));

describe('a language model on this machine', () => {
  test('answers token by token, and says what that cost', async () => {
    const llm = await load(brief);
    const chunks = await all(llm.reply(question, { signal: never }));
    expect(chunks.slice(0, -1)).toEqual(['I', ' am', ' tiny', '.'].map((delta) => ({ kind: 'text', delta })));
    expect(chunks.at(-1)).toMatchObject({ kind: 'usage', outputTokens: expect.any(Number) });
  });

  test('reads only what is new of a conversation that goes on', async () => {
    const llm = await load(brief);
    const cost = async (history: Parameters<LocalLlm['reply']>[0]): Promise<number> => {
      const usage = (await all(llm.reply(history, { signal: never }))).at(-1);
      return usage?.kind === 'usage' ? usage.inputTokens : Number.NaN;
    };
    const system = { role: 'system', content: 'You are a patient friend of many words. '.repeat(20) } as const;
    const first = await cost([system, ...question]);
    const said = [system, ...question, { role: 'assistant', content: 'I am tiny.' }] as const;
    const second = await cost([...said, { role: 'user', content: 'Really?' }]);
    expect(first).toBeGreaterThan(800);
    expect(second).toBeLessThan(first / 4);
  });

  test('says no more than it may', async () => {
    const llm = await load(endless, { settings: { maxTokens: 7, timeoutMs: 20_000 } });
    expect((await ask(llm)).trim().split(' ')).toHaveLength(7);
  });

  test('goes on when more was said than it can keep in mind', async () => {
    const llm = await load(brief, { contextTokens: 512 });
    const history = Array.from({ length: 40 }, (_, i) => [
      { role: 'user', content: `This is what I say for the ${i}th time.` } as const,
      { role: 'assistant', content: 'I am tiny.' } as const,
    ]).flat();
    expect(textOf(await all(llm.reply([...history, ...question], { signal: never })))).toBe('I am tiny.');
  });

  test('serves the third caller when one of two is done', async () => {
    const llm = await load(endless, { settings: { maxTokens: 1000, timeoutMs: 20_000 } });
    const stop = new AbortController();
    const two = [1, 2].map(() => failureOf(all(llm.reply(question, { signal: stop.signal }))));
    const third = llm.reply(question, { signal: never })[Symbol.asyncIterator]();
    stop.abort(new Error('barge-in'));
    expect(await Promise.all(two)).toEqual([new Error('barge-in'), new Error('barge-in')]);
    expect(await third.next()).toMatchObject({ value: { kind: 'text' } });
    await third.return?.(undefined);
  });

  test('of which the process is killed fails the answer, which may be asked again, and is there for the next', async () => {
    const llm = await load(endless, { settings: { maxTokens: 4000, timeoutMs: 20_000 } });
    const pid = llm.pid as number;
    const answer = llm.reply(question, { signal: never })[Symbol.asyncIterator]();
    await answer.next();
    process.kill(pid, 'SIGKILL');
    const rest = (async () => {
      while (!(await answer.next()).done);
    })();
    expect(await failureOf(rest)).toMatchObject({ stage: 'llm', reason: 'unavailable', retryable: true });
    await until(() => llm.pid !== undefined && llm.pid !== pid);
    const next = llm.reply(question, { signal: never })[Symbol.asyncIterator]();
    expect(await next.next()).toMatchObject({ value: { kind: 'text' } });
    await next.return?.(undefined);
  });

  test('that does not answer is a timeout, and its process is ended', async () => {
    const clock = new ManualClock();
    const llm = await load(endless, { clock, settings: { maxTokens: 50, timeoutMs: 3000 } });
    const pid = llm.pid as number;
    process.kill(pid, 'SIGSTOP');
    const failure = failureOf(all(llm.reply(question, { signal: never })));
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(3000);
    expect(await failure).toMatchObject({ stage: 'llm', reason: 'timeout' });
    await until(() => llm.pid !== pid);
  });
});

describe('a file that is no language model', () => {
  test.each([
    ['is not there', 'none.gguf', undefined],
    ['is something else', 'text.gguf', 'not a model at all'],
    ['only begins like one', 'begins.gguf', 'GGUF, it says, and then whatever comes'],
    ['is cut off', 'cut.gguf', 20_000],
  ])('because it %s: the engine is unavailable, and the server lives', async (_, name, content) => {
    const file = join(folder, name);
    if (typeof content === 'string') writeFileSync(file, content);
    if (typeof content === 'number') {
      writeTinyLlm(file, ['I']);
      const { truncateSync } = await import('node:fs');
      truncateSync(file, content);
    }
    expect(await failureOf(load(file))).toMatchObject({ name: 'EngineUnavailable', stage: 'llm', engine: 'local' });
  });
});
