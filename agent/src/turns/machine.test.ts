import { describe, expect, test } from '@jest/globals';
import { initialTurns, step, type TurnEffect, type TurnEvent, type TurnMachine } from './machine.ts';

/** Plays events from the start; what the last one did is what the test looks at. */
function play(...events: TurnEvent[]): { machine: TurnMachine; effects: readonly TurnEffect[] } {
  let machine = initialTurns;
  let effects: readonly TurnEffect[] = [];
  for (const event of events) ({ next: machine, effects } = step(machine, event));
  return { machine, effects };
}

const start: TurnEvent = { type: 'speech-start' };
const end: TurnEvent = { type: 'speech-end' };
const complete = { type: 'turn-complete', hasWords: true } as const;
const audio = (reply: number): TurnEvent => ({ type: 'first-audio', reply });
const ended = (reply: number): TurnEvent => ({ type: 'reply-ended', reply });
const spoken = [start, end, complete] as const;
const speaking = [...spoken, audio(1)] as const;

describe('a turn that is heard', () => {
  test('speech in idle opens turn 1', () => {
    const { machine, effects } = play(start);
    expect(machine.state).toEqual({ kind: 'hearing', turn: 1 });
    expect(effects).toEqual([{ do: 'open-turn', turn: 1 }]);
  });

  test('a pause makes the machine decide', () => {
    const { machine, effects } = play(start, end);
    expect(machine.state).toEqual({ kind: 'deciding', turn: 1 });
    expect(effects).toEqual([{ do: 'decide', turn: 1 }]);
  });

  test('speech after a pause goes on with the same turn', () => {
    const { machine, effects } = play(start, end, start);
    expect(machine.state).toEqual({ kind: 'hearing', turn: 1 });
    expect(effects).toEqual([{ do: 'cancel-decide' }]);
  });

  test('a complete turn with words is answered', () => {
    const { machine, effects } = play(...spoken);
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'start-reply', turn: 1, reply: 1, answers: 'turn' }]);
  });

  test('a complete turn without words is dropped', () => {
    const { machine, effects } = play(start, end, { type: 'turn-complete', hasWords: false });
    expect(machine.state).toEqual({ kind: 'idle' });
    expect(effects).toEqual([{ do: 'drop-turn', turn: 1 }]);
  });

  test('the end of a turn that is still being spoken is ignored', () => {
    expect(play(start, complete).machine.state).toEqual({ kind: 'hearing', turn: 1 });
  });
});

describe('an answer', () => {
  test('the first audio means speaking', () => {
    expect(play(...speaking).machine.state).toEqual({ kind: 'speaking', turn: 1, reply: 1 });
  });

  test('the end of the reply, spoken or failed, means idle', () => {
    expect(play(...speaking, ended(1)).machine.state).toEqual({ kind: 'idle' });
    expect(play(...spoken, ended(1)).machine.state).toEqual({ kind: 'idle' });
  });

  test('waits, unheard, while somebody speaks before its first sound', () => {
    const { machine, effects } = play(...spoken, start);
    expect(machine.state).toEqual({ kind: 'held', turn: 1, reply: 1, unheard: true });
    expect(effects).toEqual([{ do: 'hold' }]);
  });

  test('that waits comes after all when it was a cough', () => {
    const { machine, effects } = play(...spoken, start, { type: 'overlap-ended' });
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'drop-overlap' }, { do: 'resume' }, { do: 'unduck' }]);
  });

  test('that waits is dropped when it was words, and these join the same turn', () => {
    const { machine, effects } = play(...spoken, start, { type: 'floor-taken' });
    expect(machine.state).toEqual({ kind: 'hearing', turn: 1 });
    expect(effects).toEqual([
      { do: 'cancel-reply', reply: 1, reason: 'superseded' },
      { do: 'resume' },
      { do: 'unduck' },
      { do: 'open-turn', turn: 1 },
    ]);
  });

  test('that fails while it waits leaves the turn to be answered again', () => {
    const { machine } = play(...spoken, start, ended(1), end, complete);
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 2 });
  });

  test('is not given to a turn that was not for the agent', () => {
    const { machine, effects } = play(start, end, { ...complete, unanswered: true });
    expect(machine.state).toEqual({ kind: 'idle' });
    expect(effects).toEqual([{ do: 'keep-turn', turn: 1 }]);
  });

  test('what a cancelled reply still reports is ignored', () => {
    const thinkingAgain = [...spoken, start, { type: 'floor-taken' }, end, complete] as const;
    expect(play(...thinkingAgain, audio(1)).machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 2 });
    expect(play(...thinkingAgain, ended(1)).machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 2 });
    expect(play(...thinkingAgain, audio(2), ended(1)).machine.state).toEqual({ kind: 'speaking', turn: 1, reply: 2 });
  });
});

describe('speech over the agent', () => {
  test('first ducks the voice', () => {
    const { machine, effects } = play(...speaking, start);
    expect(machine.state).toEqual({ kind: 'overlapped', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'duck' }]);
  });

  test('gives the voice back when it comes to nothing', () => {
    const { machine, effects } = play(...speaking, start, { type: 'overlap-ended' });
    expect(machine.state).toEqual({ kind: 'speaking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'drop-overlap' }, { do: 'unduck' }]);
  });

  test('cuts the reply and opens the next turn when it takes the floor', () => {
    const { machine, effects } = play(...speaking, start, { type: 'floor-taken' });
    expect(machine.state).toEqual({ kind: 'hearing', turn: 2 });
    expect(effects).toEqual([
      { do: 'cancel-reply', reply: 1, reason: 'barge-in' },
      { do: 'unduck' },
      { do: 'open-turn', turn: 2 },
    ]);
  });

  test('becomes the next turn when the agent finishes meanwhile', () => {
    const { machine, effects } = play(...speaking, start, ended(1));
    expect(machine.state).toEqual({ kind: 'hearing', turn: 2 });
    expect(effects).toEqual([{ do: 'unduck' }, { do: 'open-turn', turn: 2 }]);
  });

  test('is answered as a turn of its own', () => {
    const { machine } = play(...speaking, start, { type: 'floor-taken' }, end, complete);
    expect(machine.state).toEqual({ kind: 'thinking', turn: 2, reply: 2 });
  });
});

describe('speech that began before the agent could be heard', () => {
  const early = [...speaking, { type: 'speech-start', early: true }] as const;

  test('stops the voice at once, and joins the turn that it answers', () => {
    expect(play(...early).effects).toEqual([{ do: 'hold' }]);
    const { machine, effects } = play(...early, { type: 'floor-taken' });
    expect(machine.state).toEqual({ kind: 'hearing', turn: 1 });
    expect(effects[0]).toEqual({ do: 'cancel-reply', reply: 1, reason: 'superseded' });
  });

  test('lets the voice go on when it comes to nothing', () => {
    expect(play(...early, { type: 'overlap-ended' }).machine.state).toEqual({ kind: 'speaking', turn: 1, reply: 1 });
  });
});

describe('an overlap that lasts', () => {
  const held = [...speaking, start, { type: 'overlap-lasts' }] as const;

  test('stops the voice, once', () => {
    const { machine, effects } = play(...held);
    expect(machine.state).toEqual({ kind: 'held', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'hold' }]);
    expect(play(...held, { type: 'overlap-lasts' }).effects).toEqual([]);
  });

  test('lets the voice go on where it was when it comes to nothing', () => {
    const { machine, effects } = play(...held, { type: 'overlap-ended' });
    expect(machine.state).toEqual({ kind: 'speaking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'drop-overlap' }, { do: 'resume' }, { do: 'unduck' }]);
  });

  test('cuts the reply when it takes the floor, and leaves the mouth free for the next', () => {
    const { machine, effects } = play(...held, { type: 'floor-taken' });
    expect(machine.state).toEqual({ kind: 'hearing', turn: 2 });
    expect(effects).toEqual([
      { do: 'cancel-reply', reply: 1, reason: 'barge-in' },
      { do: 'resume' },
      { do: 'unduck' },
      { do: 'open-turn', turn: 2 },
    ]);
  });
});

describe('a guess', () => {
  const stable: TurnEvent = { type: 'words-stable' };
  const guessing = [start, stable] as const;

  test('prepares one reply while the turn goes on', () => {
    const { machine, effects } = play(...guessing);
    expect(machine.state).toEqual({ kind: 'hearing', turn: 1, guess: 1 });
    expect(effects).toEqual([{ do: 'speculate', turn: 1, reply: 1 }]);
    expect(play(...guessing, stable).effects).toEqual([]);
  });

  test('is adopted when the turn is complete', () => {
    const { machine, effects } = play(...guessing, end, complete);
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'adopt-reply', turn: 1, reply: 1 }]);
  });

  test.each([
    ['the words change', { type: 'words-changed' }, { kind: 'deciding', turn: 1 }],
    ['speech goes on', start, { kind: 'hearing', turn: 1 }],
    ['the turn has no words after all', { type: 'turn-complete', hasWords: false }, { kind: 'idle' }],
    ['the call ends', { type: 'close' }, { kind: 'closed' }],
  ] as const)('is dropped when %s', (_, event, state) => {
    const { machine, effects } = play(...guessing, end, event);
    expect(machine.state).toEqual(state);
    expect(effects).toContainEqual({ do: 'cancel-reply', reply: 1, reason: 'superseded' });
  });

  test('that fails early is made again, or the turn is answered without one', () => {
    expect(play(...guessing, ended(1), stable).machine.state).toEqual({ kind: 'hearing', turn: 1, guess: 2 });
    expect(play(...guessing, ended(1), end, complete).machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 2 });
  });

  test('after other words is another reply', () => {
    const { machine } = play(...guessing, { type: 'words-changed' }, stable, end, complete);
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 2 });
  });
});

describe('typed words', () => {
  test('in idle are a turn that is answered at once', () => {
    const { machine, effects } = play({ type: 'text' });
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 1 });
    expect(effects).toEqual([
      { do: 'open-turn', turn: 1 },
      { do: 'start-reply', turn: 1, reply: 1, answers: 'turn' },
    ]);
  });

  test('cut a speaking agent', () => {
    const { machine, effects } = play(...speaking, { type: 'text' });
    expect(machine.state).toEqual({ kind: 'thinking', turn: 2, reply: 2 });
    expect(effects[0]).toEqual({ do: 'cancel-reply', reply: 1, reason: 'barge-in' });
  });

  test('complete a turn that is being decided', () => {
    const { machine, effects } = play(start, end, { type: 'text' });
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'cancel-decide' }, { do: 'start-reply', turn: 1, reply: 1, answers: 'turn' }]);
  });
});

describe('the agent of its own accord', () => {
  test('speaks when nobody has the floor', () => {
    const { machine, effects } = play({ type: 'say' });
    expect(machine.state).toEqual({ kind: 'thinking', turn: 1, reply: 1 });
    expect(effects).toEqual([{ do: 'start-reply', turn: 1, reply: 1, answers: 'say' }]);
  });

  test('keeps quiet while somebody speaks', () => {
    expect(play(start, { type: 'say' })).toEqual(expect.objectContaining({ effects: [] }));
  });
});

describe('the interrupt button', () => {
  test.each([
    ['thinking', [...spoken]],
    ['speaking', [...speaking]],
  ])('silences the agent while %s', (_, events) => {
    const { machine, effects } = play(...events, { type: 'interrupt' });
    expect(machine.state).toEqual({ kind: 'idle' });
    expect(effects).toEqual([{ do: 'cancel-reply', reply: 1, reason: 'barge-in' }]);
  });

  test('does nothing while the agent is silent', () => {
    expect(play(start, { type: 'interrupt' }).machine.state).toEqual({ kind: 'hearing', turn: 1 });
  });
});

describe('closing', () => {
  test('cancels what runs and ends everything', () => {
    const { machine, effects } = play(...speaking, { type: 'close' });
    expect(machine.state).toEqual({ kind: 'closed' });
    expect(effects).toEqual([{ do: 'cancel-reply', reply: 1, reason: 'superseded' }]);
    expect(play(start, end, { type: 'close' }).effects).toEqual([{ do: 'cancel-decide' }]);
    expect(step(machine, start)).toEqual({ next: machine, effects: [] });
  });
});

test('every event in every state keeps the numbers growing and never throws', () => {
  const events: TurnEvent[] = [
    start,
    end,
    complete,
    { type: 'turn-complete', hasWords: false },
    { ...complete, unanswered: true },
    { type: 'floor-taken' },
    { type: 'overlap-ended' },
    audio(1),
    audio(2),
    ended(1),
    ended(2),
    { type: 'text' },
    { type: 'say' },
    { type: 'interrupt' },
    { type: 'words-stable' },
    { type: 'words-changed' },
    { type: 'overlap-lasts' },
  ];
  let seed = 1;
  const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
  let machine = initialTurns;
  for (let i = 0; i < 5_000; i++) {
    const { next } = step(machine, events[Math.floor(random() * events.length)] as TurnEvent);
    expect(next.turns).toBeGreaterThanOrEqual(machine.turns);
    expect(next.replies).toBeGreaterThanOrEqual(machine.replies);
    if ('turn' in next.state) expect(next.state.turn).toBe(next.turns);
    machine = next;
  }
});
