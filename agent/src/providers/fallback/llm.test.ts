import { afterEach, describe, expect, test } from '@jest/globals';
import { type ChatMessage, type LlmOptions, ProviderError } from '../../contracts/index.ts';
import { ScopeClosed } from '../../kernel/index.ts';
import { all, failureOf, settle } from '../../testing/index.ts';
import { markRepeated } from '../repeated.ts';
import { FallbackLlm } from './llm.ts';
import { ChainScene, StepLlm } from './testing/scripted-chain.ts';

const HISTORY: readonly ChatMessage[] = [{ role: 'user', content: 'What is the capital of France?' }];
const down = ProviderError.unavailable('llm', 'it is down');
const caller = new AbortController();
let scene: ChainScene<StepLlm>;

function chainOf(...engines: StepLlm[]): FallbackLlm {
  scene = new ChainScene('llm', engines);
  return new FallbackLlm(scene.chain);
}

async function answer(llm: FallbackLlm, options: Partial<LlmOptions> = {}): Promise<string> {
  const chunks = await all(llm.reply(HISTORY, { signal: caller.signal, ...options }));
  return chunks.map((chunk) => (chunk.kind === 'text' ? chunk.delta : `<${chunk.kind}>`)).join('');
}

afterEach(() => {
  const signals = scene.links.flatMap(({ engine }) => engine.signals);
  expect(signals.filter((signal) => !signal.aborted)).toEqual([]); // no request outlives its call
});

describe('an engine that fails before it has said anything', () => {
  test.each(['auth', 'unavailable', 'timeout', 'rate-limited', 'unsupported', 'bad-request'] as const)(
    'is followed by the next one in the same call: %s',
    async (reason) => {
      const second = new StepLlm('second', ['Paris.']);
      const llm = chainOf(new StepLlm('first', [new ProviderError('llm', reason, 'no')]), second);
      expect(await answer(llm)).toBe('Paris.');
      expect(second.asked).toEqual([HISTORY]);
      expect(scene.fallbacks).toEqual([{ stage: 'llm', from: 'first', to: 'second', reason }]);
    },
  );

  test('counts as not available where it fails in an unknown way', async () => {
    const llm = chainOf(new StepLlm('first', [new TypeError('a bug')]), new StepLlm('second', ['Paris.']));
    expect(await answer(llm)).toBe('Paris.');
    expect(scene.fallbacks).toMatchObject([{ reason: 'unavailable' }]);
  });

  test('is followed by all others in turn, and then the call fails with what each of them said', async () => {
    const llm = chainOf(
      new StepLlm('first', [ProviderError.auth('llm', 'wrong key')]),
      new StepLlm('second', [down]),
      new StepLlm('third', [down]),
    );
    expect(await failureOf(answer(llm))).toMatchObject({
      reason: 'auth',
      message: 'first: wrong key; second: it is down; third: it is down',
    });
    expect(scene.fallbacks.map(({ from, to }) => `${from}>${to}`)).toEqual(['first>second', 'second>third']);
  });
});

describe('an abort', () => {
  test('never starts the next engine', async () => {
    const caller = new AbortController();
    const llm = chainOf(new StepLlm('first', ['Paris ', 'hang']), new StepLlm('second', ['Paris.']));
    const failing = failureOf(answer(llm, { signal: caller.signal }));
    await settle();
    caller.abort(new ScopeClosed('reply', 'barge-in'));
    expect(await failing).toBe(caller.signal.reason);
    expect(scene.fallbacks).toEqual([]);
    expect(scene.links[1]?.engine.asked).toEqual([]);
  });

  test('says nothing of an engine that had not answered yet', async () => {
    const llm = chainOf(new StepLlm('first', ['hang']));
    for (let i = 0; i < 3; i++) {
      const caller = new AbortController();
      const failing = failureOf(answer(llm, { signal: caller.signal }));
      await settle();
      caller.abort(new ScopeClosed('reply', 'barge-in'));
      await failing;
    }
    expect(scene.changes).toEqual([]);
  });
});

describe('the circuit', () => {
  test('lets calls pass an engine over that keeps failing, until one trial goes well', async () => {
    const first = new StepLlm('first', [down], [down], ['Paris ', 'again.']);
    const second = new StepLlm('second', ['Lyon.']);
    const llm = chainOf(first, second);
    expect([await answer(llm), await answer(llm), await answer(llm)]).toEqual(['Lyon.', 'Lyon.', 'Lyon.']);
    expect(first.asked).toHaveLength(2);
    expect(scene.fallbacks).toHaveLength(2);
    await scene.clock.advance(15_000);
    expect(await answer(llm)).toBe('Paris again.');
    expect(scene.changes).toEqual(['first down', 'first up']);
  });

  test('keeps nobody from trying all engines, in order, where all of them keep failing', async () => {
    const llm = chainOf(
      new StepLlm('first', [down], [down], [down]),
      new StepLlm('second', [down], [down], ['Paris.']),
    );
    await failureOf(answer(llm));
    await failureOf(answer(llm));
    expect(scene.changes).toEqual(['first down', 'second down']);
    expect(await answer(llm)).toBe('Paris.');
    expect(scene.links.map(({ engine }) => engine.asked.length)).toEqual([3, 3]);
    expect(scene.changes.at(-1)).toBe('second up');
  });
});

describe('patience', () => {
  test('ends for an engine that says nothing for 2.5 s, and the next one is asked', async () => {
    const llm = chainOf(new StepLlm('first', ['hang']), new StepLlm('second', ['Paris.']));
    const answering = answer(llm);
    await scene.clock.advance(2499);
    expect(scene.fallbacks).toEqual([]);
    await scene.clock.advance(1);
    expect(await answering).toBe('Paris.');
    expect(scene.fallbacks).toMatchObject([{ from: 'first', reason: 'timeout' }]);
  });

  test('ends for an engine that falls silent in mid-answer, too', async () => {
    const llm = chainOf(new StepLlm('first', ['It ', 'is ', 'hang']), new StepLlm('second', ['Paris.']));
    const answering = answer(llm);
    await scene.clock.advance(2500);
    expect(await answering).toBe('It is Paris.');
  });

  test('does not end while the reader is busy', async () => {
    const llm = chainOf(new StepLlm('first', ['It ', 'is ', 'Paris.']), new StepLlm('second', ['No.']));
    let text = '';
    for await (const chunk of llm.reply(HISTORY, { signal: caller.signal })) {
      if (chunk.kind === 'text') text += chunk.delta;
      await scene.clock.advance(60_000);
    }
    expect(text).toBe('It is Paris.');
  });

  test('is longer where a call of a tool may be under way', async () => {
    const llm = chainOf(new StepLlm('first', ['hang']), new StepLlm('second', ['Paris.']));
    const answering = answer(llm, { tools: [{ name: 'look', description: '', parameters: {} }] });
    await scene.clock.advance(4999);
    expect(scene.fallbacks).toEqual([]);
    await scene.clock.advance(1);
    expect(await answering).toBe('Paris.');
  });

  test('has no end for the last engine, nor for a summary: there the own time of the engine holds', async () => {
    const caller = new AbortController();
    const llm = chainOf(new StepLlm('first', [down], ['hang']), new StepLlm('second', ['hang']));
    const last = failureOf(answer(llm, { signal: caller.signal }));
    await scene.clock.advance(60_000);
    caller.abort(new ScopeClosed('reply', 'barge-in'));
    expect(await last).toBe(caller.signal.reason);
    const reader = new AbortController();
    const summary = failureOf(answer(llm, { signal: reader.signal, forSummary: true }));
    await scene.clock.advance(60_000);
    reader.abort(new ScopeClosed('summary', 'done'));
    expect(await summary).toBe(reader.signal.reason);
    expect(scene.fallbacks).toHaveLength(1);
  });

  test('is not cut short for an engine that only one which keeps failing could follow', async () => {
    const second = new StepLlm('second', [down], [down]);
    const llm = chainOf(new StepLlm('first', [down], [down], ['hang']), second);
    await failureOf(answer(llm));
    await failureOf(answer(llm));
    scene.links[0]?.health.succeeded();
    const caller = new AbortController();
    const waiting = failureOf(answer(llm, { signal: caller.signal }));
    await scene.clock.advance(10_000);
    expect(second.asked).toHaveLength(2);
    caller.abort(new ScopeClosed('reply', 'barge-in'));
    await waiting;
  });
});

describe('an engine that dies in mid-answer', () => {
  test('is followed by one that is asked to go on, without a repeated word and without half a word', async () => {
    const second = new StepLlm('second', ['The capital', ' of France', ' is', ' Paris', '.']);
    const llm = chainOf(new StepLlm('first', ['The ', 'capital ', 'of ', 'Fra', down]), second);
    expect(await answer(llm)).toBe('The capital of France is Paris.');
    expect(second.asked[0]).toEqual([
      ...HISTORY,
      { role: 'assistant', content: 'The capital of' },
      { role: 'user', content: expect.stringContaining('Go on from exactly where it stops') },
    ]);
  });

  test('is followed by a third one that goes on from both', async () => {
    const third = new StepLlm('third', ['is Paris.']);
    const llm = chainOf(new StepLlm('first', ['The ', down]), new StepLlm('second', ['capital ', down]), third);
    expect(await answer(llm)).toBe('The capital is Paris.');
    expect(third.asked[0]?.[1]).toEqual({ role: 'assistant', content: 'The capital' });
  });

  test('fails the call where it had called a tool: that may be under way', async () => {
    const call = { kind: 'tool-call', id: '1', name: 'look', args: '{}' } as const;
    const llm = chainOf(new StepLlm('first', ['One moment', call, down]), new StepLlm('second', ['No.']));
    const given: unknown[] = [];
    const reading = async (): Promise<void> => {
      for await (const chunk of llm.reply(HISTORY, { signal: caller.signal })) given.push(chunk);
    };
    expect(await failureOf(reading())).toBe(down);
    expect(given).toEqual([{ kind: 'text', delta: 'One ' }, { kind: 'text', delta: 'moment' }, call]);
  });
});

describe('an engine without a next one', () => {
  test('is asked once more at once where nothing was given yet', async () => {
    const llm = chainOf(new StepLlm('only', [down], ['Par', 'is.']));
    expect(await answer(llm)).toBe('Paris.');
    expect(scene.fallbacks).toEqual([]);
  });

  test.each([
    ['a second time in the same call', [down]],
    ['after words were given', ['It is ', down]],
    ['when it asks for fewer requests', [ProviderError.rateLimited('llm', 'slow down')]],
    ['after its own time was over', [ProviderError.timeout('llm', 'no answer')]],
    ['when its key is refused', [ProviderError.auth('llm', 'no')]],
    ['when its request was repeated already', [markRepeated(ProviderError.unavailable('llm', 'twice'))]],
  ])('is not asked %s', async (why, steps) => {
    const only = new StepLlm('only', steps);
    await failureOf(answer(chainOf(only)));
    expect(only.asked).toHaveLength(why === 'a second time in the same call' ? 2 : 1);
  });

  test('gives its words as they come', async () => {
    const chunks = await all(chainOf(new StepLlm('only', ['Par', 'is.'])).reply(HISTORY, { signal: caller.signal }));
    expect(chunks).toHaveLength(2);
  });
});
