import { describe, expect, test } from '@jest/globals';
import type { ToolCall } from '../contracts/index.ts';
import { raceAbort } from '../kernel/index.ts';
import { ScriptedAsr, ScriptedLlm, scriptedSession } from '../testing/index.ts';

const weather: ToolCall = { id: 'a', name: 'weather', args: '{"city":"Rome"}' };

/** A model that calls the weather tool for the first question, and then says what it knows. */
const asking = (text = '') =>
  new ScriptedLlm((history) => {
    const last = history.at(-1);
    if (last?.role === 'user')
      return history.some(({ role }) => role === 'tool') ? 'As I said.' : { text, calls: [weather] };
    return `It is ${last?.content}.`;
  });

function setUp(options: { text?: string; cancelOnInterrupt?: boolean; filler?: string; settings?: object } = {}) {
  const result = Promise.withResolvers<string>();
  const aborted: unknown[] = [];
  const tool = {
    spec: { name: 'weather', description: 'Weather of a city.', parameters: { type: 'object' } },
    origin: 'webhook' as const,
    timeoutMs: 10_000,
    cancelOnInterrupt: options.cancelOnInterrupt ?? false,
    filler: options.filler,
    run: (_: unknown, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => aborted.push(signal.reason));
      return raceAbort(result.promise, signal);
    },
  };
  const made = scriptedSession({
    asr: new ScriptedAsr(['how is the weather', 'wait a moment', 'and now']),
    llm: asking(options.text),
    tools: { tools: [tool] },
    settings: { silenceWatchdogMs: 3000, toolFillerMs: 1500, interruptionMs: undefined, ...options.settings },
  });
  return { ...made, result, aborted };
}

const toolsIn = (history: readonly { role: string; content: string }[] | undefined) =>
  history?.filter(({ role }) => role === 'tool').map(({ content }) => content);

describe('a tool', () => {
  test('is called for the answer, which says what it brought; its way is told', async () => {
    const { caller, clock, of, llm, result } = setUp();
    await caller.speak(600, 250);
    await clock.advance(500);
    result.resolve('sunny');
    await clock.advance(3000);
    expect(of('reply-text').at(-1)).toMatchObject({ text: 'It is sunny.', final: true });
    expect(of('tool').map(({ name, status }) => [name, status])).toEqual([
      ['weather', 'running'],
      ['weather', 'done'],
    ]);
    await caller.speak(600, 250);
    await clock.advance(3000);
    expect(toolsIn(llm.asked.at(-1))).toEqual(['sunny']);
  });

  test.each([
    ['a few usual words', undefined, 'One moment, please.'],
    ['words of its own', 'Let me look that up.', 'Let me look that up.'],
  ])('that is slow is bridged by %s, which is no incident', async (_, filler, words) => {
    const { caller, clock, tts, of } = setUp({ filler });
    await caller.speak(600, 250);
    await clock.advance(2600);
    expect(tts.said).toEqual([words]);
    expect(of('incident')).toEqual([]);
  });

  test('that the model has announced is not announced again so soon', async () => {
    const { caller, clock, tts } = setUp({ text: 'I will see.' });
    await caller.speak(600, 250);
    await clock.advance(3000);
    expect(tts.said).toEqual(['I will see.']);
  });

  test('runs to its end although the caller interrupts, and the next answer knows its result', async () => {
    const { caller, clock, llm, result, aborted, of } = setUp({ text: 'I will see what there is to say.' });
    await caller.speak(600, 250);
    await clock.advance(900);
    await caller.speak(500, 250);
    result.resolve('sunny');
    await clock.advance(3000);
    expect([aborted, of('tool').at(-1)?.status]).toEqual([[], 'done']);
    expect(toolsIn(llm.asked.at(-1))).toEqual([expect.stringMatching(/^No result|sunny/)]);
    await caller.speak(500, 250);
    await clock.advance(3000);
    expect(toolsIn(llm.asked.at(-1))).toEqual(['sunny']);
  });

  test('is given up when the caller interrupts, if it says that it may be', async () => {
    const { caller, clock, aborted, of } = setUp({ text: 'I will see what there is to say.', cancelOnInterrupt: true });
    await caller.speak(600, 250);
    await clock.advance(900);
    await caller.speak(500, 250);
    await clock.advance(100);
    expect(aborted).toHaveLength(1);
    expect(of('tool').at(-1)?.status).toBe('cancelled');
  });

  test('never runs for a guess: it waits until the turn is over', async () => {
    const { caller, clock, of, result } = setUp({ settings: { speculation: true } });
    await caller.speak(600, 250);
    await clock.advance(200);
    expect(of('tool')).toEqual([]);
    result.resolve('sunny');
    await clock.advance(3000);
    expect(of('reply-text').at(-1)).toMatchObject({ text: 'It is sunny.', final: true });
  });
});

describe("a tool of a caller's page", () => {
  const offer = { ...weather, description: 'Weather.', parameters: {}, timeoutMs: 10_000, cancelOnInterrupt: false };

  test('is run by the page, whose result the answer knows', async () => {
    const { caller, clock, session, of } = scriptedSession({ llm: asking() });
    session.offerTools('ann', [offer]);
    await caller.speak(600, 250);
    await clock.advance(400);
    const [call] = of('client-tool-call');
    expect(call).toMatchObject({ callerId: 'ann', name: 'weather', args: '{"city":"Rome"}' });
    session.toolResult('ann', { call: call?.call ?? '', result: 'cloudy' });
    await clock.advance(3000);
    expect(of('reply-text').at(-1)).toMatchObject({ text: 'It is cloudy.', final: true });
  });

  test('is that of the caller whose turn it is, where several pages offer it', async () => {
    const { caller, call, clock, session, of } = scriptedSession({ llm: asking() });
    call('bob');
    session.offerTools('ann', [offer]);
    session.offerTools('bob', [offer]);
    await caller.speak(600, 250);
    await clock.advance(400);
    expect(of('client-tool-call')[0]?.callerId).toBe('ann');
  });

  test('fails when the page is gone, and the model is told', async () => {
    const { caller, clock, session, of } = scriptedSession({ llm: asking() });
    session.offerTools('ann', [offer]);
    await caller.speak(600, 250);
    await clock.advance(400);
    session.callerLeft('ann');
    await clock.advance(3000);
    expect(of('reply-text').at(-1)?.text).toMatch(/page is gone/);
    expect(of('tool').at(-1)).toMatchObject({ origin: 'client', status: 'failed' });
  });
});
