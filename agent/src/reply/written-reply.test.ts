import { describe, expect, test } from '@jest/globals';
import { type ChatMessage, ProviderError } from '../contracts/index.ts';
import { Scope } from '../kernel/index.ts';
import { ClockedMouth, ManualClock, ScriptedLlm } from '../testing/index.ts';
import { WrittenReply, type WrittenReplyOptions } from './written-reply.ts';

const question: ChatMessage[] = [{ role: 'user', content: 'Count.' }];

function setUp(options: Partial<WrittenReplyOptions> & { answer?: string | Error } = {}) {
  const clock = new ManualClock();
  const scope = new Scope('reply');
  const mouth = new ClockedMouth(clock);
  const told: string[] = [];
  const reply = new WrittenReply({
    scope,
    clock,
    mouth,
    llm: new ScriptedLlm(() => options.answer ?? 'One two three. '),
    source: question,
    onText: (text) => told.push(text),
    onFirstText: () => told.push('(first)'),
    onHeard: (text) => told.push(`(shown: ${text})`),
    ...options,
  });
  return { clock, scope, mouth, told, reply };
}

describe('a written reply', () => {
  test('is told as the LLM writes it, without spaces at its ends, and captions follow it', async () => {
    const { reply, told, mouth } = setUp();
    expect(await reply.run()).toEqual({ status: 'done', heard: 'One two three.', shown: 'One two three.' });
    expect(told).toEqual(['(first)', 'One', '(shown: One)', ' two', ' three.']);
    expect([reply.remainingMs, mouth.lastVoiceAt]).toEqual([0, 0]);
  });

  test('that is cut keeps what was told, and no more', async () => {
    const { scope, reply } = setUp({ onText: (text) => text === ' two' && void scope.close('barge-in') });
    expect(await reply.run()).toMatchObject({ status: 'cut', heard: 'One two' });
    expect(reply.heardAfter(0)).toBe('One two');
  });

  test('that fails keeps what was told, and says why', async () => {
    const error = ProviderError.timeout('llm', 'slow');
    expect(await setUp({ answer: error }).reply.run()).toEqual({ status: 'failed', heard: '', shown: '', error });
  });

  test('that is a guess is told only when it may be', async () => {
    const until = Promise.withResolvers<void>();
    const { clock, reply, told } = setUp({ until: until.promise });
    const outcome = reply.run();
    await clock.advance(1000);
    expect(told).toEqual([]);
    until.resolve();
    expect((await outcome).heard).toBe('One two three.');
  });

  test('waits while somebody speaks over it, and goes on', async () => {
    const { clock, mouth, reply, told } = setUp();
    mouth.hold();
    const outcome = reply.run();
    await clock.advance(1000);
    expect(told).toEqual([]);
    mouth.resume();
    await clock.advance(100);
    expect((await outcome).heard).toBe('One two three.');
  });

  test('has no tags for the emotion in it', async () => {
    const { reply } = setUp({ answer: '[happy] Good news!', inlineEmotions: true });
    expect((await reply.run()).heard).toBe('Good news!');
  });
});
