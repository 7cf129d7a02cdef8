import { describe, expect, test } from '@jest/globals';
import { ScriptedAsr, scriptedSession } from '../testing/index.ts';

const policy = (answers: 'when-named' | 'on-request') => ({ answers, names: ['Parley'] }) as const;

describe('an agent that answers when it is named', () => {
  const twoCallers = (texts: string[]) => {
    const made = scriptedSession({ asr: new ScriptedAsr(texts), settings: policy('when-named') });
    return { ...made, bob: made.call('bob', 'Bob') };
  };

  test('hears what callers say to each other, and knows who said what when it is asked', async () => {
    const { caller, bob, clock, llm, session, of } = twoCallers(['shall we eat', 'parley what is near']);
    session.callerJoined('ann', 'Ann');
    await caller.speak(600, 250);
    await clock.advance(2000);
    expect(llm.asked).toEqual([]);
    expect(of('transcript').at(-1)).toMatchObject({ turn: 1, text: 'shall we eat', final: true });
    await bob.speak(600, 250);
    await clock.advance(4000);
    expect(llm.asked[0]?.filter(({ role }) => role === 'user')).toMatchObject([
      { name: 'Ann', content: expect.stringContaining('shall we eat') },
      { name: 'Bob', content: expect.stringContaining('parley what is near') },
    ]);
  });

  test('goes on with the caller whom it has just answered', async () => {
    const { bob, caller, clock, llm } = twoCallers(['parley what time is it', 'and in rome', 'nice weather']);
    await bob.speak(600, 250);
    await clock.advance(3000);
    await bob.speak(600, 250);
    await clock.advance(3000);
    expect(llm.asked).toHaveLength(2);
    await caller.speak(600, 250);
    await clock.advance(3000);
    expect(llm.asked).toHaveLength(2);
  });

  test('prepares no answer to what is not for it', async () => {
    const asr = new ScriptedAsr(['what time is it']);
    const made = scriptedSession({ asr, settings: { ...policy('when-named'), speculation: true } });
    made.call('bob');
    await made.caller.speak(600, 250);
    await made.clock.advance(2000);
    expect(made.llm.asked).toEqual([]);
  });

  test('answers a caller who is alone', async () => {
    const { caller, clock, llm } = scriptedSession({ settings: policy('when-named') });
    await caller.speak(600, 250);
    await clock.advance(2000);
    expect(llm.asked).toHaveLength(1);
  });
});

describe('an agent that answers on request', () => {
  test('answers what was said so far when it is asked', async () => {
    const { caller, clock, llm, session, of } = scriptedSession({ settings: policy('on-request') });
    await caller.speak(600, 250);
    await clock.advance(2000);
    expect(llm.asked).toEqual([]);
    session.ask('ann');
    await clock.advance(3000);
    expect(llm.asked[0]?.at(-1)).toMatchObject({ role: 'user', content: 'hello there' });
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 2, final: true, interrupted: false });
  });

  test('answers the turn that is being heard, if it is asked meanwhile, and not the next', async () => {
    const { caller, clock, llm, session } = scriptedSession({ settings: policy('on-request') });
    await caller.start();
    session.ask('ann');
    await caller.goOn(500);
    await caller.pause();
    await clock.advance(4000);
    expect(llm.asked).toHaveLength(1);
    await caller.speak(600, 250);
    await clock.advance(2000);
    expect(llm.asked).toHaveLength(1);
  });
});
