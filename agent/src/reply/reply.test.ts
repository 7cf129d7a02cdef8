import { describe, expect, test } from '@jest/globals';
import { type ChatMessage, type LlmProvider, ProviderError, type ToolCall } from '../contracts/index.ts';
import { Scope } from '../kernel/index.ts';
import { ClockedMouth, ManualClock, ScriptedLlm, ScriptedTts } from '../testing/index.ts';
import { chime } from './chime.ts';
import { Reply, type ReplyOptions } from './reply.ts';
import type { ReplyTools } from './writer.ts';

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
    expect(await outcome).toMatchObject({ status: 'done', heard: 'One two three. Four five six.' });
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
    expect(await outcome).toMatchObject({ status: 'cut', heard: 'One two' });
  });

  test('takes off what is still on its way to the loudspeaker', async () => {
    const { clock, scope, reply } = setUp({ playoutMs: () => 300 });
    const outcome = reply.run();
    await clock.advance(480);
    void scope.close('barge-in');
    expect(await outcome).toMatchObject({ status: 'cut', heard: 'One' });
  });

  test('takes off no more than that: it is heard while the voice is held', async () => {
    const { clock, scope, mouth, reply } = setUp({ playoutMs: () => 300 });
    const outcome = reply.run();
    await clock.advance(480);
    mouth.hold();
    await clock.advance(200);
    void scope.close('barge-in');
    expect(await outcome).toMatchObject({ status: 'cut', heard: 'One two' });
  });

  test('that is cut before its first sound has been heard by nobody', async () => {
    const { scope, reply } = setUp({ answer: new Promise(() => {}) });
    const outcome = reply.run();
    void scope.close('barge-in');
    expect(await outcome).toMatchObject({ status: 'cut', heard: '' });
  });

  test('says a given text without asking the LLM', async () => {
    const { clock, reply } = setUp({ source: 'Hello.', answer: new Error('not asked') });
    const outcome = reply.run();
    await clock.advance(1000);
    expect(await outcome).toMatchObject({ status: 'done', heard: 'Hello.' });
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

  test('calls tools, waits for what they say, and goes on with it', async () => {
    const asked: (readonly ChatMessage[])[] = [];
    const llm: LlmProvider = {
      id: 'tools',
      async *reply(history, { tools }) {
        asked.push(history);
        if (asked.length === 1) {
          expect(tools?.map(({ name }) => name)).toEqual(['weather']);
          yield { kind: 'text', delta: 'Let me see' };
          yield { kind: 'tool-call', id: 'a', name: 'weather', args: '{"city":"Rome"}' };
        } else yield { kind: 'text', delta: 'It rains.' };
      },
    };
    const tools: ReplyTools = {
      specs: () => [{ name: 'weather', description: 'Weather of a city.', parameters: {} }],
      run: async (calls) => calls.map(({ id }) => ({ role: 'tool', toolCallId: id, content: 'rain' })),
    };
    const { clock, reply, tts } = setUp({ llm, tools });
    const outcome = reply.run();
    await clock.advance(3000);
    expect(await outcome).toMatchObject({ status: 'done', heard: 'Let me see It rains.' });
    expect(tts.said).toEqual(['Let me see', 'It rains.']);
    expect(asked[1]?.slice(1)).toEqual([
      { role: 'assistant', content: 'Let me see', toolCalls: [{ id: 'a', name: 'weather', args: '{"city":"Rome"}' }] },
      { role: 'tool', toolCallId: 'a', content: 'rain' },
    ]);
  });

  test('changes its tone with the tags that the LLM writes, which are neither heard nor shown nor remembered', async () => {
    const told: (readonly ChatMessage[])[] = [];
    const llm = new ScriptedLlm((history) => {
      told.push(history);
      const calls = [{ id: 'a', name: 'look', args: '{}' }];
      return told.length === 1
        ? { text: 'Well, [excited] I look! ', calls }
        : 'It is there. [sad] No, it is gone, sorry.';
    });
    const run = async (): Promise<ChatMessage[]> => [{ role: 'tool', toolCallId: 'a', content: 'there' }];
    const tools: ReplyTools = { specs: () => [], run };
    const { clock, reply, tts, heard } = setUp({ llm, tools, inlineEmotions: true, prosody: { emotion: 'calm' } });
    const outcome = reply.run();
    await clock.advance(5000);
    expect(await outcome).toMatchObject({ heard: 'Well, I look! It is there. No, it is gone, sorry.' });
    expect(tts.said.map((text, i) => [tts.manners[i]?.emotion, text])).toEqual([
      ['calm', 'Well,'],
      ['excited', 'I look!'],
      ['excited', 'It is there.'],
      ['sad', 'No, it is gone, sorry.'],
    ]);
    expect(heard.join()).not.toMatch(/[[\]]|excited|sad/);
    expect(told[1]?.at(-2)).toMatchObject({ role: 'assistant', content: 'Well, I look! ' });
  });

  test('leaves brackets alone where tags are not wanted', async () => {
    const { clock, reply, tts } = setUp({ answer: '[happy] is a tag.' });
    const outcome = reply.run();
    await clock.advance(3000);
    expect(await outcome).toMatchObject({ heard: '[happy] is a tag.' });
    expect(tts.manners).toEqual([{}]);
  });

  test('says each clause in its language, by the voice for it', async () => {
    const voices = { zh: 'xiaoxiao', en: 'emma' };
    const answer = 'That is 你好 in Chinese. 你好！ And so it goes on.';
    const { clock, reply, tts } = setUp({ answer, voices, language: 'en' });
    const outcome = reply.run();
    await clock.advance(5000);
    await outcome;
    expect(tts.manners.map(({ language, voice }) => [language, voice])).toEqual([
      ['zh', 'xiaoxiao'],
      ['zh', 'xiaoxiao'],
      ['en', 'emma'],
    ]);
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

describe('a silence in which an answer is owed', () => {
  function bridged(options: Parameters<typeof setUp>[0] = {}) {
    const silences: string[] = [];
    const words = (calls: readonly ToolCall[]): string => (calls.length > 0 ? 'Looking.' : 'One moment.');
    const onSilence = (stage: string): void => void silences.push(stage);
    const bridge = { silenceMs: 3000, toolMs: 1000, words, onSilence };
    return { ...setUp({ bridge, ...options }), silences };
  }

  test('is bridged when the LLM is slow; the words are shown, and no part of the answer', async () => {
    const answer = Promise.withResolvers<string>();
    const { clock, reply, tts, heard, silences, mouth } = bridged({ answer: answer.promise });
    const outcome = reply.run();
    await clock.advance(3200);
    expect([tts.said, silences]).toEqual([['One moment.'], ['llm']]);
    expect(mouth.lastVoiceAt).toBeGreaterThan(3000);
    answer.resolve('At last.');
    await clock.advance(2000);
    expect(await outcome).toMatchObject({ status: 'done', heard: 'At last.', shown: 'One moment. At last.' });
    expect(heard.at(-1)).toMatch(/^One moment. At/);
  });

  test('is bridged less and less often', async () => {
    const { clock, reply, tts } = bridged({ answer: new Promise(() => {}) });
    void reply.run();
    await clock.advance(28_000);
    expect(tts.said).toHaveLength(3);
  });

  test('has a chime where the voice itself is what is slow', async () => {
    const tts = new (class extends ScriptedTts {
      override async *speak() {
        await new Promise(() => {});
      }
    })();
    const { clock, reply, silences, mouth } = bridged({ tts });
    void reply.run();
    await clock.advance(4200);
    expect(silences).toEqual(['tts']);
    expect(mouth.lastVoiceAt).toBeGreaterThan(3800);
    expect(Math.max(...chime(24_000))).toBeGreaterThan(1000);
  });

  test('is bridged sooner while tools run, as no incident', async () => {
    const done = Promise.withResolvers<readonly ChatMessage[]>();
    const llm: LlmProvider = {
      id: 'tools',
      async *reply(history) {
        if (history.at(-1)?.role === 'tool') yield { kind: 'text', delta: 'It rains.' };
        else yield { kind: 'tool-call', id: 'a', name: 'weather', args: '{}' };
      },
    };
    const { clock, reply, tts, silences } = bridged({ llm, tools: { specs: () => [], run: () => done.promise } });
    const outcome = reply.run();
    await clock.advance(1200);
    expect([tts.said, silences]).toEqual([['Looking.'], []]);
    done.resolve([{ role: 'tool', toolCallId: 'a', content: 'rain' }]);
    await clock.advance(2000);
    expect(await outcome).toMatchObject({ status: 'done', heard: 'It rains.' });
  });

  test('is none while the answer is only prepared, or held back', async () => {
    const until = Promise.withResolvers<void>();
    const { clock, reply, silences, mouth } = bridged({ until: until.promise, answer: new Promise(() => {}) });
    void reply.run();
    await clock.advance(4000);
    mouth.hold();
    until.resolve();
    await clock.advance(4000);
    expect(silences).toEqual([]);
    mouth.resume();
    await clock.advance(3200);
    expect(silences).toEqual(['llm']);
  });
});
