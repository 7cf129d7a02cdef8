import { describe, expect, test } from '@jest/globals';
import type { ChatMessage, LlmChunk, LlmProvider } from '../contracts/index.ts';
import { Scope } from '../kernel/index.ts';
import { ManualClock, settle } from '../testing/manual-clock.ts';
import { ScriptedLlm } from '../testing/scripted-engines.ts';
import { History } from './history.ts';
import { Summariser } from './summary.ts';
import { cost } from './tokens.ts';

const BUDGET = 600;

function talk(llm: LlmProvider) {
  const scope = new Scope('session');
  const clock = new ManualClock();
  const history = new History({ instructions: 'Be brief.', budgetTokens: BUDGET });
  const failures: unknown[] = [];
  const summariser = new Summariser({ scope, clock, llm, history, onFailed: (error) => void failures.push(error) });
  let turn = 0;
  const say = (text: string, answer = 'I see, and I will keep that in mind for you.'): void => {
    history.setUser(++turn, [{ text }]);
    history.setAssistant(turn, answer);
    summariser.consider();
  };
  const fill = (turns: number): void => {
    for (let i = 0; i < turns; i++) say(`And here is one more thing that I wanted to tell you, number ${turn}.`);
  };
  return { scope, clock, history, summariser, failures, say, fill };
}

const text = (messages: readonly ChatMessage[]): string => messages.map(({ content }) => content).join('\n');
const estimate = (messages: readonly ChatMessage[]): number =>
  messages.reduce((sum, { content }) => sum + cost(content), 0);

/** Keeps each fact about a pet that it is shown, and says nothing else. */
const petKeeper = (): ScriptedLlm =>
  new ScriptedLlm((request) => {
    const facts = new Set(text(request.slice(1)).match(/My \w+ is called \w+\./g));
    return `They talked. ${[...facts].join(' ')}`;
  });

describe('a conversation of 200 turns', () => {
  test('stays in its budget, is summed up rarely, and knows to the end what was said first', async () => {
    const llm = petKeeper();
    const { history, summariser, say, fill } = talk(llm);
    say('My dog is called Rex.');
    for (let turn = 2; turn <= 200; turn++) {
      if (turn === 90) say('My cat is called Mia.');
      else fill(1);
      expect(estimate(history.messages())).toBeLessThanOrEqual(BUDGET);
      await summariser.settled();
    }
    expect(text(history.messages())).toContain('My dog is called Rex. My cat is called Mia.');
    expect(llm.asked.length).toBeGreaterThan(10);
    expect(llm.asked.length).toBeLessThan(30);
  });

  test('drops its oldest turns where the LLM cannot sum up, and never asks it', async () => {
    const llm = Object.assign(petKeeper(), { canSummarise: false });
    const { history, summariser, say, fill } = talk(llm);
    say('My dog is called Rex.');
    for (let turn = 2; turn <= 200; turn++) {
      fill(1);
      expect(estimate(history.messages())).toBeLessThanOrEqual(BUDGET);
    }
    await summariser.settled();
    expect(llm.asked).toEqual([]);
    expect(text(history.messages())).not.toContain('Rex');
    expect(text(history.messages())).toContain('number 199');
  });
});

describe('a summary', () => {
  test('is asked for once, in the background, and shows what was done and who said what', async () => {
    const gate = Promise.withResolvers<string>();
    const llm = new ScriptedLlm(() => gate.promise);
    const { history, summariser, say, fill } = talk(llm);
    history.setUser(0, [{ text: 'Will it rain?', name: 'Ann' }]);
    history.setTools(0, [
      { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'weather', args: '{"city":"Rome"}' }] },
      { role: 'tool', toolCallId: 'a', content: 'rain at 5' },
    ]);
    say('My dog is called Rex.');
    fill(20);
    expect(llm.asked).toHaveLength(1);
    expect(llm.asked[0]?.[1]?.content).toContain(
      'Said since:\nAnn: Will it rain?\nTool weather {"city":"Rome"}: rain at 5\nCaller: My dog is called Rex.\nAssistant: I see',
    );
    gate.resolve('Rex is a dog.');
    await summariser.settled();
    expect(history.summary).toBe('Rex is a dog.');
  });

  test('gets the one before in full', async () => {
    const llm = new ScriptedLlm(
      (request) => `Summary ${text(request).includes('Record so far:\nSummary') ? 'two' : 'one'}.`,
    );
    const { history, summariser, fill } = talk(llm);
    while (llm.asked.length < 2) {
      fill(1);
      await summariser.settled();
    }
    expect(history.summary).toBe('Summary two.');
  });

  test.each<[string, () => AsyncIterable<LlmChunk>]>([
    ['fails', () => stream(new Error('down'))],
    ['is empty', () => stream({ kind: 'text', delta: ' \n ' })],
    [
      'is a tool call',
      () => stream({ kind: 'text', delta: 'Let me see' }, { kind: 'tool-call', id: 'a', name: 'x', args: '{}' }),
    ],
  ])('that %s is tried again at the next turn, and nothing is lost meanwhile', async (_what, broken) => {
    const good = petKeeper();
    let asked = 0;
    const llm: LlmProvider = {
      id: 'moody',
      canSummarise: true,
      reply: (history, options) => (asked++ < 2 ? broken() : good.reply(history, options)),
    };
    const { history, summariser, failures, say, fill } = talk(llm);
    say('My dog is called Rex.');
    while (history.summary === '') {
      fill(1);
      expect(text(history.messages())).toContain('Rex');
      await summariser.settled();
    }
    expect(failures).toHaveLength(2);
    expect(history.summary).toContain('Rex');
  });

  test('that never comes is given up, and that goes on without end is cut', async () => {
    const llm: LlmProvider = { id: 'stuck', canSummarise: true, reply: () => stream(new Promise(() => {})) };
    const stuck = talk(llm);
    stuck.fill(25);
    await stuck.clock.advance(30_000);
    expect(stuck.failures).toEqual([new Error('the summary took too long')]);

    const endless: LlmProvider = { id: 'endless', canSummarise: true, reply: () => babble() };
    const talkative = talk(endless);
    talkative.fill(25);
    await talkative.summariser.settled();
    expect(cost(talkative.history.summary)).toBeLessThan(BUDGET * 0.2 + 4);
  });

  test('ends with the session, silently', async () => {
    const llm: LlmProvider = { id: 'stuck', canSummarise: true, reply: () => stream(new Promise(() => {})) };
    const { scope, summariser, failures, fill } = talk(llm);
    fill(25);
    await scope.close('done');
    await summariser.settled();
    fill(25);
    await settle();
    expect(failures).toEqual([]);
  });
});

async function* stream(...chunks: (LlmChunk | Error | Promise<never>)[]): AsyncGenerator<LlmChunk> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield await chunk;
  }
}

async function* babble(): AsyncGenerator<LlmChunk> {
  for (;;) yield { kind: 'text', delta: 'and so on ' };
}
