import { describe, expect, test } from '@jest/globals';
import { type ChatMessage, ProviderError } from '../contracts/index.ts';
import { Scope } from '../kernel/index.ts';
import { ClockedMouth, ManualClock, ScriptedLlm, ScriptedTts } from '../testing/index.ts';
import { Reply, type ReplyOptions } from './reply.ts';

const question: ChatMessage[] = [{ role: 'user', content: 'Count.' }];

function setUp(options: Partial<ReplyOptions> & { answer?: string | Error | Promise<string> } = {}) {
  const clock = new ManualClock();
  const scope = new Scope('reply');
  const mouth = new ClockedMouth(clock);
  const heard: string[] = [];
  const tts = (options.tts ?? new ScriptedTts()) as ScriptedTts;
  const reply = new Reply({
    scope,
    clock,
    mouth,
    llm: new ScriptedLlm(() => options.answer ?? 'One two three. Four five six.'),
    tts,
    prosody: {},
    source: question,
    playoutMs: () => 0,
    onFirstAudio: () => heard.push('(first audio)'),
    onHeard: (text) => heard.push(text),
    ...options,
  });
  return { clock, scope, mouth, heard, tts, reply };
}

describe('a reply', () => {
  test('speaks the whole answer, clause by clause, and captions follow the voice', async () => {
    const { clock, reply, tts, heard } = setUp();
    const outcome = reply.run();
    await clock.advance(2000);
    expect(await outcome).toEqual({ status: 'done', heard: 'One two three. Four five six.' });
    expect(tts.said).toEqual(['One two three.', 'Four five six.']);
    expect(heard[0]).toBe('(first audio)');
    expect(heard.slice(1)).toContain('One two');
    expect(heard.indexOf('One two')).toBeLessThan(heard.indexOf('One two three. Four'));
  });

  test('that is cut keeps the words that were heard, and no more', async () => {
    const { clock, scope, reply } = setUp();
    const outcome = reply.run();
    await clock.advance(480);
    void scope.close('barge-in');
    expect(await outcome).toEqual({ status: 'cut', heard: 'One two' });
  });

  test('takes off what is still on its way to the loudspeaker', async () => {
    const { clock, scope, reply } = setUp({ playoutMs: () => 300 });
    const outcome = reply.run();
    await clock.advance(480);
    void scope.close('barge-in');
    expect(await outcome).toEqual({ status: 'cut', heard: 'One' });
  });

  test('that is cut before its first sound has been heard by nobody', async () => {
    const { scope, reply } = setUp({ answer: new Promise(() => {}) });
    const outcome = reply.run();
    void scope.close('barge-in');
    expect(await outcome).toEqual({ status: 'cut', heard: '' });
  });

  test('says a given text without asking the LLM', async () => {
    const { clock, reply } = setUp({ source: 'Hello.', answer: new Error('not asked') });
    const outcome = reply.run();
    await clock.advance(1000);
    expect(await outcome).toEqual({ status: 'done', heard: 'Hello.' });
  });

  test('tells of an LLM that failed', async () => {
    const { reply } = setUp({ answer: ProviderError.auth('llm', 'the key was refused') });
    expect(await reply.run()).toMatchObject({ status: 'failed', heard: '', error: { stage: 'llm', reason: 'auth' } });
  });

  test('tells of a voice that failed in the middle, with what was heard', async () => {
    const tts = new ScriptedTts((text) =>
      text.startsWith('Four') ? ProviderError.timeout('tts', 'too slow') : undefined,
    );
    const { clock, reply } = setUp({ tts });
    const outcome = reply.run();
    await clock.advance(2000);
    expect(await outcome).toMatchObject({ status: 'failed', error: { stage: 'tts' } });
  });

  test('notes when each stage happened', async () => {
    const { clock, reply } = setUp();
    const outcome = reply.run();
    await clock.advance(2000);
    await outcome;
    const { startedAt, firstTokenAt = -1, firstAudioAt = -1, firstPacketAt = -1 } = reply.times;
    expect([startedAt, firstTokenAt, firstAudioAt, firstPacketAt]).toEqual([0, 0, 0, 20]);
  });
});
