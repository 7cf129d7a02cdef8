import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LlmChunk, ProviderError } from '../../contracts/index.ts';
import { all, failureOf, ManualClock, OpenAiServer, type Refusal } from '../../testing/index.ts';
import { OpenAiLlm } from './openai.ts';

const TIMEOUT_MS = 20_000;
const KEY = 'sk-very-secret-0123456789';
const never = new AbortController().signal;
const question = [{ role: 'user', content: 'Hello?' }] as const;

let server: OpenAiServer;
let clock: ManualClock;

beforeEach(async () => {
  server = await OpenAiServer.start();
  clock = new ManualClock();
});
afterEach(() => server.close());

const llm = (temperature?: number): OpenAiLlm =>
  new OpenAiLlm({
    access: { apiKey: KEY, baseUrl: server.url },
    settings: { model: 'gpt-4o-mini', maxTokens: 300, timeoutMs: TIMEOUT_MS, temperature },
    clock,
  });

const textOf = (chunks: readonly LlmChunk[]): string => chunks.map((c) => (c.kind === 'text' ? c.delta : '')).join('');

describe('an OpenAI-compatible language model', () => {
  test('is asked with the whole conversation', async () => {
    const call = { id: 'call_1', name: 'clock', args: '{"zone":"UTC"}' };
    await all(
      llm(0.5).reply(
        [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'What time is it?', name: 'Ada Lovelace' },
          { role: 'assistant', content: '', toolCalls: [call] },
          { role: 'tool', toolCallId: 'call_1', content: '12:00' },
        ],
        { signal: never, tools: [{ name: 'clock', description: 'Tells the time.', parameters: { type: 'object' } }] },
      ),
    );
    expect(server.requests[0]?.key).toBe(KEY);
    expect(server.requests[0]?.body).toEqual({
      model: 'gpt-4o-mini',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What time is it?', name: 'Ada_Lovelace' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'clock', arguments: '{"zone":"UTC"}' } }],
        },
        { role: 'tool', content: '12:00', tool_call_id: 'call_1' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'clock', description: 'Tells the time.', parameters: { type: 'object' } },
        },
      ],
      max_tokens: 300,
      temperature: 0.5,
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('answers word by word, with what it cost', async () => {
    server.script.chat = () => ({ text: 'I am well.', usage: { input: 30, output: 4 } });
    expect(await all(llm().reply(question, { signal: never }))).toEqual([
      { kind: 'text', delta: 'I ' },
      { kind: 'text', delta: 'am ' },
      { kind: 'text', delta: 'well.' },
      { kind: 'usage', inputTokens: 30, outputTokens: 4 },
    ]);
  });

  test('calls tools, put together from their pieces', async () => {
    const toolCalls = [
      { id: 'a', name: 'light', args: '{"room":"kitchen","on":true}' },
      { id: 'b', name: 'clock', args: '' },
    ];
    server.script.chat = () => ({ text: 'One moment.', toolCalls });
    const chunks = await all(llm().reply(question, { signal: never }));
    expect(chunks.filter(({ kind }) => kind === 'tool-call')).toEqual([
      { kind: 'tool-call', id: 'a', name: 'light', args: '{"room":"kitchen","on":true}' },
      { kind: 'tool-call', id: 'b', name: 'clock', args: '{}' },
    ]);
    expect(textOf(chunks)).toBe('One moment.');
  });

  test('keeps its thoughts to itself', async () => {
    server.script.chat = () => ({
      reasoning: ['Let me', ' think.'],
      text: ['<th', 'ink>a greeting</thi', 'nk>\n\nHello', ' you.'],
    });
    expect(textOf(await all(llm().reply(question, { signal: never })))).toBe('Hello you.');
  });

  test('is asked again without usage where the server does not know it, and never with it after that', async () => {
    server.script.chat = ({ body }) =>
      body.stream_options ? { status: 400, type: 'invalid_request_error' } : { text: 'Yes.' };
    const one = llm();
    expect(textOf(await all(one.reply(question, { signal: never })))).toBe('Yes.');
    expect(textOf(await all(one.reply(question, { signal: never })))).toBe('Yes.');
    expect(server.requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false, false]);
  });

  test('is asked once more where the server breaks before it answers', async () => {
    server.script.chat = ({ index }) => (index === 0 ? { trouble: 'break-off' } : { text: 'Here I am.' });
    expect(textOf(await all(llm().reply(question, { signal: never })))).toBe('Here I am.');
  });
});

describe('stopping', () => {
  test('before the request throws the reason and asks nothing', async () => {
    const stopped = AbortSignal.abort(new Error('barge-in'));
    expect(await failureOf(all(llm().reply(question, { signal: stopped })))).toEqual(new Error('barge-in'));
    expect(server.requests).toHaveLength(0);
  });

  test('while the server thinks hangs up', async () => {
    const stop = new AbortController();
    server.script.chat = () => {
      stop.abort(new Error('barge-in'));
      return { trouble: 'hang' };
    };
    expect(await failureOf(all(llm().reply(question, { signal: stop.signal })))).toEqual(new Error('barge-in'));
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });

  test('in mid-answer throws the reason, never a quiet end', async () => {
    const stop = new AbortController();
    server.script.chat = () => ({ text: 'one two three four', trouble: 'hang', after: 3 });
    const heard: string[] = [];
    const failure = await failureOf(
      (async () => {
        for await (const chunk of llm().reply(question, { signal: stop.signal })) {
          if (chunk.kind === 'text' && heard.push(chunk.delta) === 2) stop.abort(new Error('barge-in'));
        }
      })(),
    );
    expect(failure).toEqual(new Error('barge-in'));
    expect(heard).toEqual(['one ', 'two ']);
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });

  test('by leaving the loop hangs up as well', async () => {
    server.script.chat = () => ({ text: 'one two three', trouble: 'hang', after: 3 });
    for await (const _ of llm().reply(question, { signal: never })) break;
    expect(await server.requests[0]?.ended).toBe('hung-up');
  });
});

describe('trouble', () => {
  const refusals: [Refusal, string][] = [
    [{ status: 400 }, 'bad-request'],
    [{ status: 401, code: 'invalid_api_key' }, 'auth'],
    [{ status: 403 }, 'auth'],
    [{ status: 404, code: 'model_not_found' }, 'bad-request'],
    [{ status: 408 }, 'timeout'],
    [{ status: 429, code: 'rate_limit_exceeded', headers: { 'retry-after': '3600' } }, 'rate-limited'],
    [{ status: 429, code: 'insufficient_quota' }, 'auth'],
    [{ status: 500 }, 'unavailable'],
    [{ status: 503 }, 'unavailable'],
    [{ status: 504 }, 'timeout'],
  ];
  test.each(refusals)('%j means %s', async (refusal, reason) => {
    server.script.chat = () => refusal;
    const error = await failureOf(all(llm().reply(question, { signal: never })));
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ stage: 'llm', reason });
  });

  test('tells what the server said of a wrong model, and nothing of a wrong key', async () => {
    server.script.chat = () => ({ status: 404, message: 'model "x" not found, try pulling it' });
    expect(await failureOf(all(llm().reply(question, { signal: never })))).toMatchObject({
      message: expect.stringContaining('try pulling it'),
    });
    server.script.chat = () => ({ status: 401, message: `Incorrect API key provided: ${KEY}` });
    const error = (await failureOf(all(llm().reply(question, { signal: never })))) as Error;
    expect(error.message).not.toContain(KEY);
    expect(error.cause).toBeUndefined();
  });

  test.each([
    ['end-early', 'unavailable'],
    ['break-off', 'unavailable'],
    ['garbage', 'unavailable'],
    ['error', 'rate-limited'],
  ] as const)('an answer that comes to %s fails as %s', async (trouble, reason) => {
    server.script.chat = () => ({ text: 'one two three four', trouble, after: 3 });
    expect(await failureOf(all(llm().reply(question, { signal: never })))).toMatchObject({ stage: 'llm', reason });
  });

  test('a server that is not there is unavailable', async () => {
    const gone = llm();
    await server.close();
    expect(await failureOf(all(gone.reply(question, { signal: never })))).toMatchObject({
      reason: 'unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('silence in mid-answer is a timeout', async () => {
    server.script.chat = () => ({ text: 'one two three', trouble: 'hang', after: 3 });
    const failure = await failureOf(
      (async () => {
        for await (const chunk of llm().reply(question, { signal: never })) {
          if (chunk.kind === 'text' && chunk.delta === 'two ') setImmediate(() => void clock.advance(TIMEOUT_MS));
        }
      })(),
    );
    expect(failure).toMatchObject({ reason: 'timeout' });
  });

  test('a reader that is slow is not a timeout', async () => {
    server.script.chat = () => ({ text: 'one two three' });
    const heard: string[] = [];
    for await (const chunk of llm().reply(question, { signal: never })) {
      if (chunk.kind === 'text') heard.push(chunk.delta);
      await clock.advance(TIMEOUT_MS * 2);
    }
    expect(heard).toHaveLength(3);
  });
});
