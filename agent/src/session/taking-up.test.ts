import { describe, expect, test } from '@jest/globals';
import type { Past } from '../contracts/index.ts';
import { scriptedSession } from '../testing/index.ts';
import { phrase } from './phrases.ts';

const LOST = 'Sorry, I lost the thread for a moment.';
const said = [
  { turn: 1, user: [], assistant: 'Hello!', added: [] },
  { turn: 2, user: [{ text: 'my name is Ada' }], assistant: 'Good to meet you.', added: [] },
];
const past = (parts: Partial<Past> = {}): Past => ({ turns: 7, replies: 5, said, owed: 'nothing', ...parts });

const takenUp = (parts: Partial<Past>, settings: { language?: string } = {}) => {
  const taken = scriptedSession({ settings: { greeting: 'Welcome.', ...settings, past: past(parts) } });
  taken.session.callerPlaying();
  return taken;
};

describe('a session that goes on where another was lost', () => {
  test('apologises instead of greeting, once, and knows what was said before', async () => {
    const { clock, tts, llm, session, of } = takenUp({});
    session.callerPlaying();
    await clock.advance(5000);
    expect(tts.said).toEqual([LOST]);
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 8, reply: 6, text: LOST, final: true });
    session.text('ann', 'what is my name?');
    await clock.advance(100);
    expect(llm.asked.at(-1)).toEqual([
      expect.objectContaining({ role: 'system' }),
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'my name is Ada' },
      { role: 'assistant', content: 'Good to meet you.' },
      { role: 'assistant', content: LOST },
      { role: 'user', content: 'what is my name?' },
    ]);
  });

  test('answers what was left unanswered, with the question as the last that the LLM knows of', async () => {
    const asked = { turn: 7, user: [{ text: 'how far is the moon?' }], assistant: '', added: [] };
    const { clock, tts, llm, of } = takenUp({ said: [...said, asked], owed: 'answer' });
    await clock.advance(10_000);
    expect(llm.asked).toHaveLength(1);
    expect(llm.asked[0]?.at(-1)).toEqual({ role: 'user', content: 'how far is the moon?' });
    expect(tts.said).toEqual([LOST, 'This is the answer.']);
    expect(of('reply-text').find(({ reply }) => reply === 6)?.unrecorded).toBe(true);
  });

  test('asks whether it shall go on with an answer that was cut off', async () => {
    const { clock, tts, llm } = takenUp({ owed: 'rest' });
    await clock.advance(5000);
    expect(tts.said).toEqual([LOST, 'Shall I go on?']);
    expect(llm.asked).toEqual([]);
  });

  test('asks for words that were being said to be said again, in the language of the call', async () => {
    const { clock, tts } = takenUp({ owed: 'attention', language: 'de' });
    await clock.advance(5000);
    expect(tts.said.join(' ')).toBe(phrase('unrecognised', 'de'));
    const fixed = takenUp({ owed: 'attention', language: 'de' }, { language: 'fr' });
    await fixed.clock.advance(5000);
    expect(fixed.tts.said.join(' ')).toBe(phrase('unrecognised', 'fr'));
  });

  test('greets where nobody was greeted yet', async () => {
    const { clock, tts } = takenUp({ said: [], owed: 'greeting' });
    await clock.advance(5000);
    expect(tts.said).toEqual(['Welcome.']);
  });

  test('does not talk over a caller who speaks already', async () => {
    const { caller, clock, tts, session } = scriptedSession({ settings: { past: past({ owed: 'nothing' }) } });
    await caller.start();
    session.callerPlaying();
    await clock.advance(300);
    expect(tts.said).toEqual([]);
  });
});

test('every language has every phrase of its own', () => {
  for (const what of ['lost-thread', 'go-on'] as const) {
    const all = ['en', 'zh', 'de', 'es', 'fr', 'it', 'pt', 'ja', 'ko'].map((language) => phrase(what, language));
    expect(new Set(all).size).toBe(9);
  }
});
