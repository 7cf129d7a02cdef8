import { describe, expect, test } from '@jest/globals';
import { type AsrProvider, ProviderError, type Transcript } from '../contracts/index.ts';
import { ScriptedAsr, ScriptedLlm, ScriptedTts, scriptedSession } from '../testing/index.ts';

const MOMENT = 'One moment, please.';
const settings = { silenceWatchdogMs: 3000 };

/** Recognises `first` while the caller speaks, and nothing after that until it is let go. */
function stuckAsr(first: string): { asr: AsrProvider; settle(text: string): void } {
  const last = Promise.withResolvers<string>();
  const asr: AsrProvider = {
    id: 'stuck',
    async *transcribe(audio): AsyncGenerator<Transcript> {
      for await (const _ of audio) if (first !== '') yield { kind: 'partial', text: first };
      yield { kind: 'final', text: await last.promise };
    },
  };
  return { asr, settle: last.resolve };
}

describe('a recogniser that is stuck', () => {
  test('does not keep the caller from an answer to the words that it gave', async () => {
    const { asr, settle } = stuckAsr('what time is it');
    const { caller, clock, llm, of, session } = scriptedSession({ asr, settings });
    await caller.speak(600, 250);
    await clock.advance(3400);
    expect(llm.asked.at(-1)?.at(-1)?.content).toBe('what time is it');
    expect(of('incident')).toEqual([{ type: 'incident', incident: 'silence', stage: 'asr' }]);
    settle('what time is it in Rome');
    await clock.advance(5000);
    session.text('ann', 'and then?');
    await clock.advance(100);
    expect(llm.asked.at(-1)?.[1]?.content).toBe('what time is it in Rome');
  });

  test('without words is waited for, but not in silence', async () => {
    const { asr, settle } = stuckAsr('');
    const { caller, clock, llm, mouth, tts } = scriptedSession({ asr, settings });
    await caller.speak(600, 250);
    await clock.advance(3600);
    expect([tts.said, llm.asked]).toEqual([[MOMENT], []]);
    expect(clock.now() - mouth.lastVoiceAt).toBeLessThan(50);
    settle('late but there');
    await clock.advance(3000);
    expect(llm.asked.at(-1)?.at(-1)?.content).toBe('late but there');
  });

  test('is no longer bridged once the caller speaks on', async () => {
    const { asr } = stuckAsr('');
    const { caller, clock, mouth } = scriptedSession({ asr, settings });
    await caller.speak(600, 250);
    await clock.advance(3600);
    await caller.start();
    await clock.advance(100);
    const stopped = mouth.lastVoiceAt;
    await clock.advance(1000);
    expect(mouth.lastVoiceAt).toBe(stopped);
  });
});

test('a cough while the agent thinks costs neither the answer nor time', async () => {
  const answer = Promise.withResolvers<string>();
  const asr = new ScriptedAsr(['hello there', '']);
  const llm = new ScriptedLlm(() => answer.promise);
  const { caller, clock, of } = scriptedSession({ asr, llm, settings: { interruptionMs: undefined } });
  await caller.speak(600, 250);
  await clock.advance(400);
  await caller.speak(200, 250);
  answer.resolve('Here it is.');
  await clock.advance(3000);
  expect(llm.asked).toHaveLength(1);
  expect(of('reply-text').at(-1)).toMatchObject({ turn: 1, text: 'Here it is.', final: true, interrupted: false });
});

test('an answer that is held for a cough is not heard before it is over', async () => {
  const asr = new ScriptedAsr(['hello there', '']);
  const { caller, clock, mouth } = scriptedSession({
    asr,
    llm: new ScriptedLlm(async () => 'Here it is.'),
    settings: { interruptionMs: undefined, endpointingMs: 260 },
  });
  await caller.speak(600, 250);
  await caller.start();
  await caller.goOn(300);
  expect(mouth.lastVoiceAt).toBe(0);
  await caller.pause();
  await clock.advance(1000);
  expect(mouth.lastVoiceAt).toBeGreaterThan(0);
});

test('a slow answer is bridged in the language of the conversation, and counted', async () => {
  const { caller, clock, of, tts } = scriptedSession({
    asr: new ScriptedAsr(['现在几点']),
    llm: new ScriptedLlm(() => new Promise(() => {})),
    settings,
  });
  await caller.speak(600, 250);
  await clock.advance(4200);
  expect(tts.said).toEqual(['请稍等。']);
  expect(of('incident')).toEqual([{ type: 'incident', incident: 'silence', stage: 'llm' }]);
});

test('a voice that is gone still apologises, in words that were kept', async () => {
  let gone = false;
  const tts = new ScriptedTts(() => (gone ? ProviderError.unavailable('tts', 'gone') : undefined));
  const { session, clock, of, mouth } = scriptedSession({ tts, settings });
  session.callerPlaying();
  await clock.advance(1000);
  gone = true;
  session.text('ann', 'hello');
  await clock.advance(5000);
  expect(of('error')).toMatchObject([{ stage: 'tts' }]);
  expect(of('reply-text').at(-1)).toMatchObject({
    text: expect.stringMatching(/^Sorry, I cannot answer/),
    final: true,
  });
  expect(mouth.lastVoiceAt).toBeGreaterThan(3000);
});

test('a voice that never came leaves a chime, not silence', async () => {
  const tts = new ScriptedTts(() => ProviderError.unavailable('tts', 'gone'));
  const { session, clock, mouth } = scriptedSession({ tts, settings });
  session.callerPlaying();
  session.text('ann', 'hello');
  await clock.advance(5000);
  expect(mouth.lastVoiceAt).toBeGreaterThan(0);
});

test('a guess that comes true and one that does not are counted with their tokens', async () => {
  const { caller, clock, of } = scriptedSession({ settings: { speculation: true } });
  await caller.speak(600, 250);
  await caller.speak(600, 250);
  await clock.advance(6000);
  expect(of('speculation')).toMatchObject([{ outcome: 'dropped' }, { outcome: 'adopted' }]);
  expect(of('speculation').every(({ tokens }) => tokens > 5)).toBe(true);
});
