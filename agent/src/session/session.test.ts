import { describe, expect, test } from '@jest/globals';
import { type AsrProvider, ProviderError } from '../contracts/index.ts';
import { ScriptedAsr, ScriptedCaller, ScriptedLlm, ScriptedTts, scriptedSession } from '../testing/index.ts';

const answer = 'One two three. Four five six. Seven eight nine.';

const setUp = (options: Parameters<typeof scriptedSession>[0] = {}) => scriptedSession({ answer, ...options });

describe('a spoken turn', () => {
  test('is transcribed as it grows, answered, and its answer is shown in step with the voice', async () => {
    const { clock, caller, of, llm } = setUp();
    await caller.speak(600, 250);
    await clock.advance(5000);
    expect(of('transcript').map((event) => [event.text, event.final])).toEqual([
      ['hello', false],
      ['hello there', false],
      ['hello there', true],
    ]);
    expect(llm.asked).toEqual([
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'hello there' },
      ],
    ]);
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 1, text: answer, final: true, interrupted: false });
    expect(of('reply-text').length).toBeGreaterThan(5);
  });

  test('is answered after the silence that is configured, counted from the last sample of speech', async () => {
    const { clock, caller, of } = setUp();
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(of('turn-metrics')[0]?.figures).toEqual({
      endpointing: 500,
      asr_final: 250,
      llm_first_token: 0,
      tts_first_audio: 0,
      first_packet: 0,
      voice_to_voice: 500,
    });
  });

  test('goes on after a short pause, and the words of both parts are one turn', async () => {
    const { clock, caller, llm, of } = setUp();
    await caller.speak(600, 250);
    await clock.advance(100);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked.at(-1)?.at(-1)).toEqual({ role: 'user', content: 'hello there stop please' });
    expect(of('transcript').at(-1)).toMatchObject({ turn: 1, text: 'hello there stop please', final: true });
  });

  test('that goes on while the agent thinks takes the reply back', async () => {
    const llm = new ScriptedLlm((history) =>
      history.length > 2 || llm.asked.length > 1 ? answer : new Promise<string>(() => {}),
    );
    const { clock, caller, of } = setUp({ llm });
    await caller.speak(600, 250);
    await clock.advance(600);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked.at(-1)?.filter((message) => message.role === 'user')).toEqual([
      { role: 'user', content: 'hello there stop please' },
    ]);
    expect(of('turn-metrics').map((event) => event.turn)).toEqual([1]);
  });

  test('without words is forgotten', async () => {
    const { clock, caller, llm, of } = setUp({ asr: new ScriptedAsr(['']) });
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked).toEqual([]);
    expect(of('transcript').at(-1)).toMatchObject({ text: '', final: true });
  });

  test('whose recognition fails neither hangs nor is answered, and the caller is asked to say it again', async () => {
    const { clock, caller, llm, of, session } = setUp({
      asr: new ScriptedAsr(() => ProviderError.timeout('asr', 'slow')),
    });
    session.callerPlaying();
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked).toEqual([]);
    expect(of('error')).toMatchObject([{ stage: 'asr', message: 'slow', retryable: true }]);
    await clock.advance(4000);
    expect(of('reply-text').at(-1)?.text).toMatch(/^Sorry, I did not get that/);
    expect(of('agent-state').at(-1)?.state).toBe('listening');
  });

  test('waits for its last words, however late', async () => {
    const gate = Promise.withResolvers<void>();
    const asr: AsrProvider = {
      id: 'late',
      async *transcribe(audio) {
        for await (const _ of audio);
        await gate.promise;
        yield { kind: 'final', text: 'late words' };
      },
    };
    const { clock, caller, llm, of } = setUp({ asr });
    await caller.speak(600, 250);
    await clock.advance(2000);
    expect(llm.asked).toEqual([]);
    gate.resolve();
    await clock.advance(1000);
    expect(llm.asked[0]?.at(-1)?.content).toBe('late words');
    expect(of('turn-metrics')[0]?.figures.endpointing).toBe(2250);
  });
});

describe('speech over the agent', () => {
  const speaking = async (overlapping = 'stop please', byLength = true) => {
    const asr = new ScriptedAsr(['hello there', overlapping, 'and again']);
    const made = setUp({ asr, settings: { interruptionMs: byLength ? 200 : undefined } });
    await made.caller.speak(600, 250);
    await made.clock.advance(1000);
    return made;
  };

  test('ducks at once, and cuts the reply when it lasts', async () => {
    const { caller, mouth, of, clock } = await speaking();
    await caller.start();
    expect(mouth.log).toEqual(['duck 0.25']);
    await caller.goOn(200);
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 1, final: true, interrupted: true });
    const stopped = mouth.lastVoiceAt;
    await clock.advance(1000);
    expect(mouth.lastVoiceAt).toBe(stopped);
    expect(of('turn-metrics').at(-1)?.figures.barge_in_stop).toBe(70);
  });

  test('leaves in the history only what was heard, and the LLM sees just that', async () => {
    const { caller, clock, llm, of } = await speaking();
    await caller.speak(300, 250);
    await clock.advance(1000);
    const cut = of('reply-text').find((event) => event.interrupted);
    expect(cut?.text).toBe('One two three.');
    expect(llm.asked[1]?.slice(1)).toEqual([
      { role: 'user', content: 'hello there' },
      { role: 'assistant', content: cut?.text },
      { role: 'user', content: 'stop please' },
    ]);
  });

  test.each([
    ['a cough', ''],
    ['a backchannel', 'uh huh'],
  ])('that is only %s lets the agent go on from where it was, and is dropped', async (_, said) => {
    const { caller, clock, mouth, llm, of } = await speaking(said, false);
    await caller.speak(300, 250);
    const heldAt = mouth.lastVoiceAt;
    expect(clock.now() - heldAt).toBeGreaterThan(350);
    await clock.advance(6000);
    expect(mouth.log).toEqual(['duck 0.25', 'hold', 'resume', 'duck 1']);
    expect(of('reply-text').at(-1)).toMatchObject({ text: answer, final: true, interrupted: false });
    expect(llm.asked).toHaveLength(1);
    expect(of('transcript').every((event) => event.turn === 1)).toBe(true);
  });

  test('answers when it is a "yes" into the last words', async () => {
    const asr = new ScriptedAsr(['hello there', 'yes']);
    const { caller, clock, llm } = setUp({ asr, settings: { interruptionMs: undefined } });
    await caller.speak(600, 250);
    await clock.advance(2200);
    await caller.speak(300, 250);
    await clock.advance(3000);
    expect(llm.asked.at(-1)?.at(-1)?.content).toBe('yes');
  });

  test('that is told only by its words takes the floor after it has ended', async () => {
    const { caller, clock, llm, of } = await speaking('wait', false);
    await caller.speak(140, 100);
    await clock.advance(2000);
    expect(of('reply-text').find((event) => event.interrupted)).toBeDefined();
    expect(llm.asked.at(-1)?.at(-1)?.content).toBe('wait');
  });

  test("that is the agent's own voice, come back, neither stops it nor is answered", async () => {
    const { caller, clock, mouth, llm, of } = await speaking('one two three', false);
    caller.isEcho = true;
    await caller.speak(1500, 250);
    await clock.advance(6000);
    expect(mouth.log).not.toContain('hold');
    expect(of('reply-text').at(-1)).toMatchObject({ text: answer, final: true, interrupted: false });
    expect(llm.asked).toHaveLength(1);
  });

  test('does not wait for a voice that is stuck', async () => {
    let stuck = true;
    const tts = new (class extends ScriptedTts {
      override async *speak(text: string, options: Parameters<ScriptedTts['speak']>[1]) {
        yield { kind: 'audio' as const, samples: new Int16Array(24000) };
        if (stuck) await new Promise(() => {});
        yield* super.speak(text, options);
      }
    })();
    const { caller, clock, of } = setUp({ tts });
    await caller.speak(600, 250);
    await clock.advance(800);
    stuck = false;
    await caller.speak(300, 250);
    await clock.advance(8000);
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 2, text: answer, final: true, interrupted: false });
  });
});

describe('the end of a turn', () => {
  const adaptive = { endpointingMs: undefined };

  test.each([
    ['what time is it', 320],
    ['my number is four one five', 1600],
    ['i would like to', 1300],
  ])('after "%s" takes its time', async (said, silenceMs) => {
    const { caller, clock, of } = setUp({ asr: new ScriptedAsr([said]), settings: adaptive });
    await caller.speak(600, 250);
    await clock.advance(3000);
    expect(of('turn-metrics')[0]?.figures.endpointing).toBe(silenceMs);
  });
});

describe('an answer that is prepared before the turn is over', () => {
  const guessing = (options: Parameters<typeof setUp>[0] = {}) =>
    setUp({ ...options, settings: { speculation: true } });

  test('is heard as soon as the turn is, and says what that has saved', async () => {
    const { caller, clock, of, llm } = guessing({ llm: new ScriptedLlm(() => answer) });
    await caller.speak(600, 250);
    expect(llm.asked).toHaveLength(1);
    expect(of('reply-text')).toEqual([]);
    await clock.advance(500);
    expect(of('turn-metrics')[0]?.figures).toMatchObject({ voice_to_voice: 500, speculation_saved: 0 });
    await clock.advance(5000);
    expect(llm.asked).toHaveLength(1);
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 1, text: answer, final: true, interrupted: false });
  });

  test('is dropped without a trace when the caller goes on', async () => {
    const { caller, clock, of, llm } = guessing();
    await caller.speak(600, 250);
    await caller.speak(600, 250);
    await clock.advance(6000);
    expect(llm.asked.map((history) => history.at(-1)?.content)).toEqual(['hello there', 'hello there stop please']);
    expect(of('reply-text').every((event) => event.reply === 2)).toBe(true);
  });

  test('is not prepared for a clause that is not finished', async () => {
    const { caller, llm } = guessing({ asr: new ScriptedAsr(['i would like to']) });
    await caller.speak(600, 250);
    expect(llm.asked).toEqual([]);
  });

  test('that fails is no failure: the turn itself is answered', async () => {
    const llm = new ScriptedLlm(() => (llm.asked.length === 1 ? ProviderError.timeout('llm', 'slow') : answer));
    const { caller, clock, of } = guessing({ llm });
    await caller.speak(600, 250);
    await clock.advance(6000);
    expect(of('error')).toEqual([]);
    expect(of('reply-text').at(-1)).toMatchObject({ text: answer, final: true });
  });
});

describe('typed words', () => {
  test('are answered at once, and cut an agent that speaks', async () => {
    const { session, clock, llm, of } = setUp();
    session.text('ann', 'first');
    await clock.advance(1000);
    session.text('ann', 'second');
    await clock.advance(9000);
    expect(of('transcript').map(({ turn, text, final }) => ({ turn, text, final }))).toEqual([
      { turn: 1, text: 'first', final: true },
      { turn: 2, text: 'second', final: true },
    ]);
    expect(llm.asked[1]?.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(of('reply-text').at(-1)).toMatchObject({ turn: 2, text: answer, final: true });
  });

  test('join the turn that is being spoken', async () => {
    const { session, clock, caller, llm } = setUp();
    await caller.start();
    await caller.goOn(500);
    session.text('ann', 'typed meanwhile');
    await clock.advance(10);
    expect(llm.asked[0]?.at(-1)?.content).toBe('hello typed meanwhile');
  });
});

describe("the tail of the agent's own voice", () => {
  test('is no turn, even where a little of it was not known for what it is', async () => {
    const asr = new ScriptedAsr(['hello there', 'seven eight nine']);
    const { caller, clock, llm, of } = setUp({ asr });
    await caller.speak(600, 250);
    await clock.advance(4000);
    await caller.start();
    await caller.goOn(200);
    caller.isEcho = true;
    await caller.goOn(100);
    await caller.pause();
    await clock.advance(3000);
    expect(llm.asked).toHaveLength(1);
    expect(of('transcript').at(-1)).toMatchObject({ turn: 2, text: '', final: true });
  });
});

describe('a session', () => {
  test('greets once, when the first caller hears', async () => {
    const { session, clock, of } = setUp({ settings: { greeting: 'Welcome.' } });
    await clock.advance(5000);
    expect(of('reply-text')).toEqual([]);
    session.callerPlaying();
    await clock.advance(5000);
    session.callerPlaying();
    await clock.advance(5000);
    expect(
      of('reply-text')
        .filter((event) => event.final)
        .map((event) => event.text),
    ).toEqual(['Welcome.']);
    expect(of('agent-state').map((event) => event.state)).toEqual(['listening', 'thinking', 'speaking', 'listening']);
  });

  test('welcomes in its own words where no greeting is set, or in those that its LLM has', async () => {
    const greetingOf = async (llm: ScriptedLlm, language?: string): Promise<string | undefined> => {
      const { session, clock, of } = setUp({ llm, settings: { greeting: undefined, language } });
      session.callerPlaying();
      await clock.advance(5000);
      return of('reply-text').at(-1)?.text;
    };
    const llm = new ScriptedLlm(() => answer);
    expect(await greetingOf(llm)).toBe('Hello! How can I help you?');
    expect(await greetingOf(llm, 'zh-CN')).toBe('你好！有什么可以帮你？');
    expect(await greetingOf(Object.assign(llm, { opening: () => 'I am a script.' }))).toBe('I am a script.');
  });

  test('apologises when the LLM fails, once', async () => {
    const llm = new ScriptedLlm(() => ProviderError.auth('llm', 'the key was refused'));
    const { session, clock, of } = setUp({ llm });
    session.text('ann', 'hello');
    await clock.advance(9000);
    expect(of('error')).toMatchObject([{ stage: 'llm', message: 'the key was refused', retryable: false }]);
    expect(of('reply-text').at(-1)?.text).toMatch(/^Sorry, I cannot answer/);
  });

  test('hears two callers as one turn, each by name', async () => {
    const { caller, call, clock, of, llm } = setUp();
    const bob = call('bob');
    await caller.start();
    await bob.speak(400, 0);
    await caller.goOn(200);
    await caller.pause();
    await clock.advance(1000);
    expect(
      of('transcript')
        .filter((event) => event.final)
        .map((event) => [event.callerId, event.text]),
    ).toEqual([
      ['ann', 'hello there'],
      ['bob', 'stop please'],
    ]);
    expect(llm.asked).toHaveLength(1);
  });

  test('does not wait for the words of a caller who left', async () => {
    const asr: AsrProvider = {
      id: 'never',
      async *transcribe(audio, options) {
        if (options.language === 'bob') await new Promise(() => {});
        for await (const _ of audio);
        yield { kind: 'final', text: 'what time is it' };
      },
    };
    const { session, scope, caller, clock, llm } = setUp({ asr });
    const bobScope = scope.child('bob');
    const bob = new ScriptedCaller({ id: 'bob', language: 'bob', clock, scope: bobScope, asr, handlers: session.ears });
    await bob.speak(300);
    await caller.speak(600, 250);
    await clock.advance(3000);
    expect(llm.asked).toEqual([]);
    void bobScope.close('peer-left');
    session.earClosed(bob.listener);
    await clock.advance(100);
    expect(llm.asked.at(-1)?.at(-1)?.content).toBe('what time is it');
  });

  test('that closes stops everything and says no more', async () => {
    const { session, scope, clock, events } = setUp();
    session.text('ann', 'hello');
    await clock.advance(500);
    await scope.close('room-closed');
    const said = events.length;
    session.text('ann', 'still there?');
    await clock.advance(5000);
    expect(events.length).toBe(said);
  });

  test('asks whether somebody is there, twice, then says good-bye and ends the call', async () => {
    const { session, clock, of } = setUp({ settings: { idlePromptMs: 10_000 } });
    session.callerPlaying();
    await clock.advance(45_000);
    const said = of('reply-text').filter(({ final }) => final);
    expect(said.map(({ text }) => text)).toEqual([
      'Are you still there?',
      'Are you still there?',
      expect.stringMatching(/Good-bye!$/),
    ]);
    expect(of('ended')).toEqual([{ type: 'ended', reason: 'idle' }]);
  });

  test('does not end while the caller, who was silent, speaks into the good-bye', async () => {
    const { session, clock, caller, of, llm } = setUp({ settings: { idlePromptMs: 10_000, idlePrompts: 0 } });
    session.callerPlaying();
    await clock.advance(10_500);
    await caller.speak(600, 250);
    await clock.advance(5000);
    expect(llm.asked).toHaveLength(1);
    expect(of('ended')).toEqual([]);
  });

  test('ends with a good-bye when its time is over, although the agent speaks', async () => {
    const llm = new ScriptedLlm(() => 'A very long story. '.repeat(40));
    const { session, clock, of } = setUp({ llm, settings: { maxCallMs: 20_000 } });
    session.callerPlaying();
    await clock.advance(15_000);
    session.text('ann', 'tell me a story');
    await clock.advance(25_000);
    expect(of('reply-text').at(-1)?.text).toMatch(/end of our time/);
    expect(of('ended')).toEqual([{ type: 'ended', reason: 'time-limit' }]);
  });

  test('sums up what no longer fits, and still knows it', async () => {
    const llm = Object.assign(
      new ScriptedLlm((history) =>
        history.length === 2 ? 'Ann likes tea.' : `All right. ${'Well, well. '.repeat(8)}`,
      ),
      { canSummarise: true },
    );
    const { session, clock } = setUp({ llm, settings: { summarise: true, contextTokens: 256 } });
    for (let turn = 0; turn < 12; turn++) {
      session.text('ann', turn === 0 ? 'I am Ann and I like tea' : `and this is what I say in turn number ${turn}`);
      await clock.advance(8000);
    }
    const conversation = llm.asked.filter((history) => history.length > 2);
    expect(conversation.at(-1)?.[0]?.content).toContain('Ann likes tea.');
    expect(JSON.stringify(conversation.at(-1))).not.toContain('I am Ann');
  });
});
