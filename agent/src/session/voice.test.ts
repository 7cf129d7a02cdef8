import { expect, test } from '@jest/globals';
import { EMOTIONS } from '../contracts/index.ts';
import { ScriptedTts, scriptedSession } from '../testing/index.ts';

function withEmotions(): ScriptedTts {
  const tts = new ScriptedTts();
  tts.emotions = EMOTIONS;
  return tts;
}

test('the model is told of the tags where the voice has emotions, and the settings do not forbid it', async () => {
  const told = async (tts: ScriptedTts, inlineEmotions: boolean): Promise<string> => {
    const { session, clock, llm } = scriptedSession({ tts, settings: { inlineEmotions } });
    session.callerPlaying();
    session.text('ann', 'hello');
    await clock.advance(3000);
    return llm.asked[0]?.[0]?.content ?? '';
  };
  expect(await told(withEmotions(), true)).toMatch(/^Be brief\.\n\n.*\[happy\]/s);
  expect(await told(withEmotions(), false)).toBe('Be brief.');
  expect(await told(new ScriptedTts(), true)).toBe('Be brief.');
});

test('a tag changes the voice, and is neither in the captions nor in the history', async () => {
  const answer = '[happy] Good to hear. [whisper] It is a secret.';
  const { session, clock, llm, tts, of } = scriptedSession({ tts: withEmotions(), answer });
  session.callerPlaying();
  session.text('ann', 'hello');
  await clock.advance(5000);
  session.text('ann', 'go on');
  await clock.advance(1000);
  expect(tts.manners.slice(0, 2).map(({ emotion }) => emotion)).toEqual(['happy', 'whisper']);
  expect(of('reply-text').find(({ final }) => final)?.text).toBe('Good to hear. It is a secret.');
  expect(llm.asked[1]).toContainEqual({ role: 'assistant', content: 'Good to hear. It is a secret.' });
});

test('another voice may be chosen during a call, from the next answer on', async () => {
  const { session, clock, tts } = scriptedSession({ answer: 'Yes.', settings: { silenceWatchdogMs: 3000 } });
  session.callerPlaying();
  session.text('ann', 'hello');
  await clock.advance(2000);
  tts.manners.length = 0;
  session.speakAs({ prosody: { voice: 'tone', speed: 1.2 } });
  session.text('ann', 'go on');
  await clock.advance(2000);
  expect(tts.said).toContain('One moment, please.');
  expect(tts.manners.length).toBeGreaterThan(1);
  for (const manner of tts.manners) expect(manner).toMatchObject({ voice: 'tone', speed: 1.2 });
});

test('what the agent says of its own accord is kept in the voice that it will be said in', async () => {
  const { session, clock, tts } = scriptedSession({
    settings: { language: 'zh', voices: { zh: 'xiaoxiao' }, silenceWatchdogMs: 3000 },
  });
  session.callerPlaying();
  await clock.advance(1000);
  expect(tts.said).toContain('请稍等。');
  expect(new Set(tts.manners.map(({ voice }) => voice))).toEqual(new Set(['xiaoxiao']));
});
