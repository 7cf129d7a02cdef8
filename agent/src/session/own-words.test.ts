import { describe, expect, test } from '@jest/globals';
import { scriptedSession } from '../testing/index.ts';

const STORY = 'One two three. Four five six. Seven eight nine.';
const NEWS = 'Your table is ready.';
const announcement = { text: NEWS, interrupt: false, addToHistory: true };

function setUp(answer = STORY) {
  const made = scriptedSession({ answer });
  const finals = () =>
    made.of('reply-text').flatMap(({ text, final, interrupted }) => (final ? [interrupted ? `${text}--` : text] : []));
  return { ...made, finals };
}

async function present(answer?: string) {
  const made = setUp(answer);
  made.session.callerPlaying();
  await made.clock.advance(100);
  return made;
}

describe('what the agent is told to say', () => {
  test('is said at once where nobody has the floor, and is part of the conversation', async () => {
    const { session, clock, tts, caller, llm, finals } = await present();
    session.announce(announcement);
    await clock.advance(3000);
    expect(tts.said).toEqual([NEWS]);
    expect(finals()).toEqual([NEWS]);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked[0]?.slice(1)).toEqual([
      { role: 'assistant', content: NEWS },
      { role: 'user', content: 'hello there' },
    ]);
  });

  test('waits for the end of an answer, one after another', async () => {
    const { session, caller, clock, finals } = await present();
    await caller.speak(600, 250);
    await clock.advance(1000);
    session.announce(announcement);
    session.announce({ ...announcement, text: 'Please come.' });
    await clock.advance(8000);
    expect(finals()).toEqual([STORY, NEWS, 'Please come.']);
  });

  test('cuts what is being said where it is to, and only what was heard of that is kept', async () => {
    const { session, caller, clock, finals } = await present();
    await caller.speak(600, 250);
    await clock.advance(1500);
    session.announce({ ...announcement, interrupt: true });
    await clock.advance(3000);
    expect(finals()).toEqual([expect.stringMatching(/^One.*--$/), NEWS]);
    expect(finals()[0]?.length).toBeLessThan(STORY.length);
  });

  test('is no part of the conversation where it is not to be', async () => {
    const { session, clock, caller, llm } = await present();
    session.announce({ ...announcement, addToHistory: false });
    await clock.advance(3000);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(JSON.stringify(llm.asked)).not.toContain(NEWS);
  });

  test('waits until somebody hears it', async () => {
    const { session, clock, tts } = setUp();
    session.announce(announcement);
    await clock.advance(1000);
    expect(tts.said).toEqual([]);
    session.callerPlaying();
    await clock.advance(1000);
    expect(tts.said).toEqual([NEWS]);
  });

  test('is bounded: what has waited longest is left out', async () => {
    const { session, clock, tts } = setUp();
    for (let n = 1; n <= 9; n++) session.announce({ ...announcement, text: `Number ${n}.` });
    session.callerPlaying();
    await clock.advance(20_000);
    expect(tts.said).toEqual([2, 3, 4, 5, 6, 7, 8, 9].map((n) => `Number ${n}.`));
  });

  test('is forgotten with an interruption from outside', async () => {
    const { session, clock, tts } = await present();
    session.announce(announcement);
    session.announce({ ...announcement, text: 'Please come.' });
    await clock.advance(200);
    session.interrupt();
    await clock.advance(3000);
    expect(tts.said).toEqual([NEWS]);
  });
});

describe('instructions and messages from outside', () => {
  test('are known to the next answer', async () => {
    const { session, clock, caller, llm } = await present();
    session.instruct('Be wordy.');
    session.addMessage({ role: 'user', content: 'I am Ada.' }, { reply: false });
    session.addMessage({ role: 'assistant', content: 'Welcome, Ada.' }, { reply: false });
    session.addMessage({ role: 'system', content: 'Ada has paid.' }, { reply: false });
    await clock.advance(1000);
    expect(llm.asked).toEqual([]);
    await caller.speak(600, 250);
    await clock.advance(1000);
    expect(llm.asked).toEqual([
      [
        { role: 'system', content: expect.stringMatching(/^Be wordy\.\n\n.*\n- Ada has paid\.$/) },
        { role: 'user', content: 'I am Ada.' },
        { role: 'assistant', content: 'Welcome, Ada.' },
        { role: 'user', content: 'hello there' },
      ],
    ]);
  });

  test('are answered at once where they are to be', async () => {
    const { session, clock, llm, finals } = await present('Well done.');
    session.addMessage({ role: 'user', content: 'The payment has arrived.' }, { reply: true });
    await clock.advance(2000);
    expect(llm.asked[0]?.at(-1)).toEqual({ role: 'user', content: 'The payment has arrived.' });
    expect(finals()).toEqual(['Well done.']);
  });

  test('stand before the words of a caller who is speaking, whose turn is answered once', async () => {
    const { session, clock, caller, llm } = await present();
    await caller.start();
    await caller.goOn(600);
    session.addMessage({ role: 'user', content: 'I am Ada.' }, { reply: true });
    await caller.pause();
    await clock.advance(8000);
    expect(llm.asked.map((messages) => messages.slice(1).map(({ content }) => content))).toEqual([
      ['I am Ada.', 'hello there'],
    ]);
  });
});
