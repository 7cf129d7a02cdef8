import { describe, expect, test } from '@jest/globals';
import type { LlmOptions } from '../contracts/index.ts';
import { abortable, Channel } from '../kernel/index.ts';
import { ScriptedAsr, type ScriptedCaller, ScriptedLlm, scriptedSession } from '../testing/index.ts';

/** Writes its first answer as it is dictated, and others by its script. */
class DictatedLlm extends ScriptedLlm {
  readonly words = new Channel<string>({ capacity: 100, overflow: 'fail' });

  override async *reply(...args: Parameters<ScriptedLlm['reply']>) {
    if (this.asked.length > 0) {
      yield* super.reply(...args);
      return;
    }
    const [history, { signal }]: [(typeof args)[0], LlmOptions] = args;
    this.asked.push(history);
    for await (const delta of abortable(this.words, signal)) yield { kind: 'text' as const, delta };
  }
}

function setUp(options: Parameters<typeof scriptedSession>[0] = {}) {
  const made = scriptedSession(options);
  made.session.write(true);
  const texts = (): string[] => made.news.flatMap((each) => (each.kind === 'wrote' ? [each.text] : []));
  return { ...made, texts };
}

/** The caller asks something, and the first words of the answer are there. */
async function writing(said = 'stop please') {
  const llm = new DictatedLlm(() => 'Very well.');
  const asr = new ScriptedAsr(['hello there', said]);
  const made = setUp({ llm, asr, settings: { interruptionMs: undefined } });
  await made.caller.speak(600, 250);
  await made.clock.advance(1000);
  llm.words.push('One two');
  await made.clock.advance(20);
  return { ...made, llm };
}

const asksAgain = async (caller: ScriptedCaller): Promise<void> => caller.speak(800, 250);

describe('an answer that is to be written', () => {
  test('is told as it is written: nothing is spoken, and the LLM remembers it', async () => {
    const { caller, clock, news, of, tts, mouth, llm, texts } = setUp();
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(texts().join('')).toBe('This is the answer.');
    expect(news.find(({ kind }) => kind === 'reply-began')).toMatchObject({ reply: 1, written: true });
    expect(news.at(-1)).toMatchObject({ kind: 'reply-over', status: 'done', text: 'This is the answer.' });
    expect(of('reply-text').at(-1)).toMatchObject({ text: 'This is the answer.', final: true, interrupted: false });
    expect(Object.keys(of('turn-metrics')[0]?.figures ?? {})).toEqual(['endpointing', 'asr_final', 'llm_first_token']);
    expect([tts.said, mouth.lastVoiceAt]).toEqual([[], 0]);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked[1]?.at(-2)).toEqual({ role: 'assistant', content: 'This is the answer.' });
  });

  test('is followed by one that is spoken, when that is wished', async () => {
    const { caller, clock, session, tts, news } = setUp();
    await caller.speak(600, 250);
    await clock.advance(1000);
    session.write(false);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(tts.said).toEqual(['This is the answer.']);
    expect(news.findLast(({ kind }) => kind === 'reply-began')).not.toHaveProperty('written');
  });

  test('is prepared before the turn is over, and told when it is', async () => {
    const { caller, clock, texts, llm } = setUp({ settings: { speculation: true } });
    await caller.speak(600, 250);
    expect([llm.asked.length, texts()]).toEqual([1, []]);
    await clock.advance(1000);
    expect([llm.asked.length, texts().join('')]).toEqual([1, 'This is the answer.']);
  });
});

describe('speech over an answer that is being written', () => {
  test('cuts it; what was told of it is what the LLM remembers', async () => {
    const { caller, clock, llm, news, texts } = await writing();
    await asksAgain(caller);
    llm.words.push(' three.');
    await clock.advance(1000);
    expect(news).toContainEqual({ kind: 'reply-over', reply: 1, status: 'cut', text: 'One two' });
    expect(llm.asked[1]?.slice(1).map(({ content }) => content)).toEqual(['hello there', 'One two', 'stop please']);
    expect(texts()).toEqual(['One two', 'Very', ' well.']);
  });

  test('that is a cough lets it go on', async () => {
    const { caller, clock, llm, texts, news } = await writing('');
    await caller.speak(300, 250);
    llm.words.push(' three.');
    llm.words.end();
    await clock.advance(3000);
    expect(texts().join('')).toBe('One two three.');
    expect(news.at(-1)).toMatchObject({ kind: 'reply-over', status: 'done' });
  });
});
