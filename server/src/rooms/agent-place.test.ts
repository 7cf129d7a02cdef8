import { beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock, settle } from '@parley/agent/testing';
import { pino } from 'pino';
import type { RoomRouter } from '../media/index.ts';
import { HEARING_PATIENCE_MS } from './absence.ts';
import { AgentPlace, MOST_LOSSES } from './agent-place.ts';
import type { AgentEvent, LineOptions, OpenAgent } from './agent-port.ts';
import type { Caller } from './caller.ts';
import { Captions } from './captions.ts';
import { type ScriptedAgent, scriptedAgent } from './testing/scripted-agent.ts';

const log = pino({ level: 'silent' });
const LINE: LineOptions = { rate: 8000, voiceRate: 8000, onNews: () => {} };
const tool = { name: 'open', description: 'Opens.', parameters: {}, timeoutMs: 1000, cancelOnInterrupt: true };

let clock: ManualClock;
let agents: ScriptedAgent[];
let callers: Caller[];
let captions: Captions;
let events: AgentEvent[];
let happened: string[];
let place: AgentPlace;
beforeEach(() => {
  clock = new ManualClock();
  agents = [];
  callers = [];
  captions = new Captions();
  events = [];
  happened = [];
});

const caller = (id: string, parts: Partial<Caller> = {}): Caller =>
  ({ id, away: false, audible: true, ...parts }) as Caller;

async function opened(openAgent: OpenAgent = takes): Promise<void> {
  place = new AgentPlace({
    room: 'lobby',
    router: {} as RoomRouter,
    wishes: { instructions: 'Be brief.', voice: 'anna', speed: 2 },
    openAgent,
    callers: () => callers,
    captions: () => captions.lines,
    onEvent: (event) => {
      captions.hear(event);
      events.push(event);
    },
    onReplaced: (before, now) => happened.push(`${before} -> ${now}`),
    onGone: () => happened.push('gone'),
    log,
    clock,
  });
  await place.open();
}

const takes: OpenAgent = async (seat) => {
  const scripted = scriptedAgent(seat, `voice-${agents.length + 1}`);
  agents.push(scripted);
  return scripted.agent;
};

const last = (): ScriptedAgent => agents.at(-1) as ScriptedAgent;
const tells = (event: AgentEvent): void => last().seat.onEvent(event);
const says = (turn: number, text: string, final = true): void =>
  tells({ type: 'transcript', turn, callerId: 'ada', text, final });
const answers = (turn: number, text: string, final = true): void =>
  tells({ type: 'reply-text', turn, reply: turn, text, final, interrupted: false });
function asks(then: () => void): void {
  says(1, 'how far is the moon?');
  then();
}
async function lose(): Promise<void> {
  last().seat.onLost();
  await settle();
}

describe('where an agent is lost', () => {
  test('another one takes its place as things stand now', async () => {
    await opened();
    callers = [caller('ada', { displayName: 'Ada', producerId: 'mic' }), caller('bob', { away: true, audible: false })];
    for (const each of callers) place.callerJoined(each);
    place.instruct('Speak in rhymes.');
    await place.speakAs({ voice: 'carl' });
    place.offerTools('ada', [tool]);
    place.openLine('bob', { ...LINE, survives: true, byRtp: true });
    await lose();
    expect(agents).toHaveLength(2);
    expect(last().seat.wishes).toEqual({ instructions: 'Speak in rhymes.', voice: 'carl' });
    expect(last().told).toEqual([
      'joined ada Ada',
      'joined bob ',
      'away bob',
      'tools ada open',
      'hears ada mic',
      'line bob',
    ]);
    expect(happened).toEqual(['voice-1 -> voice-2']);
    expect(agents[0]?.told.at(-1)).toBe('close room-closed');
  });

  test('the next one learns what was said, and by whom, and what the application has put in', async () => {
    await opened();
    place.callerJoined(caller('ada', { displayName: 'Ada' }));
    answers(1, 'Hello!');
    says(2, 'I am hungry');
    answers(2, 'There is cake.');
    place.addMessage({ role: 'system', content: 'The cake is gone.' }, { reply: false });
    tells({
      type: 'reply-text',
      turn: 3,
      reply: 4,
      text: 'Secret.',
      final: true,
      interrupted: false,
      unrecorded: true,
    });
    await clock.advance(5000);
    await lose();
    expect(last().seat.past).toEqual({
      turns: 3,
      replies: 4,
      owed: 'nothing',
      elapsedMs: 0,
      said: [
        { turn: 1, user: [], assistant: 'Hello!', added: [] },
        {
          turn: 2,
          user: [{ text: 'I am hungry', name: 'Ada' }],
          assistant: 'There is cake.',
          added: [{ role: 'system', content: 'The cake is gone.' }],
        },
      ],
    });
  });

  test('callers are told, and what it was about is over', async () => {
    await opened();
    says(1, 'tell me a story');
    answers(1, 'Once upon', false);
    const work = { type: 'tool', turn: 1, call: 'c1', name: 'open', origin: 'client' } as const;
    tells({ ...work, status: 'running' });
    tells({ type: 'client-tool-call', callerId: 'ada', call: 'c1', name: 'open', args: '{}' });
    events.length = 0;
    await lose();
    expect(events).toEqual([
      { type: 'error', code: 'session-failed', message: expect.stringContaining('taking it up'), retryable: true },
      { type: 'reply-text', turn: 1, reply: 1, text: 'Once upon', final: true, interrupted: true },
      { ...work, status: 'cancelled' },
      { type: 'client-tool-cancelled', callerId: 'ada', call: 'c1' },
      { type: 'agent-state', state: 'idle' },
    ]);
  });

  test('what comes from it afterwards is too late', async () => {
    await opened();
    await lose();
    events.length = 0;
    agents[0]?.seat.onEvent({ type: 'agent-state', state: 'speaking' });
    agents[0]?.seat.onLost();
    await settle();
    expect(events).toEqual([]);
    expect(agents).toHaveLength(2);
  });

  test('the time of the call goes on', async () => {
    await opened();
    place.callerPlaying('ada');
    await clock.advance(42_000);
    await lose();
    expect(last().seat.past?.elapsedMs).toBe(42_000);
  });

  test.each([
    ['a welcome that was cut short', 'greeting', () => answers(1, 'Hel', false)],
    ['attention to words that were being said', 'attention', () => says(1, 'I would', false)],
    ['an answer', 'answer', () => asks(() => tells({ type: 'agent-state', state: 'thinking' }))],
    ['the rest of an answer', 'rest', () => asks(() => answers(1, 'It is', false))],
    ['nothing where all was said', 'nothing', () => asks(() => answers(1, 'Far.'))],
    ['nothing for words that it did not mean to answer', 'nothing', () => says(1, 'Bob, are you there?')],
  ] as const)('it owed %s', async (_, owed, before) => {
    await opened();
    before();
    await lose();
    expect(last().seat.past?.owed).toBe(owed);
    // Until somebody makes it good.
    await lose();
    expect(last().seat.past?.owed).toBe(owed);
    answers(2, 'Sorry.');
    await lose();
    expect(last().seat.past?.owed).toBe('nothing');
  });

  test('what it is to be told waits until the next one is heard, for a while', async () => {
    const coming = Promise.withResolvers<void>();
    await opened(async (seat) => {
      if (seat.past) await coming.promise;
      return takes(seat);
    });
    callers = [caller('ada')];
    await lose();
    place.now((agent) => agent.callerPlayout('ada', 50));
    place.tell((agent) => agent.text('ada', 'hello?'));
    place.instruct('Be kind.');
    coming.resolve();
    await settle();
    expect(last().told).toEqual(['joined ada ', 'instruct Be kind.', 'speak-as {"voice":"anna","speed":2}']);
    place.callerPlaying('ada');
    expect(last().told.slice(3)).toEqual(['playing ada', 'text ada hello?']);
    await lose();
    place.tell((agent) => agent.announce({ text: 'News.', interrupt: false, addToHistory: true }));
    await settle();
    expect(last().told).toEqual(['joined ada ']);
    await clock.advance(HEARING_PATIENCE_MS);
    expect(last().told).toEqual(['joined ada ', 'announce News.']);
  });

  test('only so much waits: what has waited longest is left out', async () => {
    const coming = Promise.withResolvers<void>();
    await opened(async (seat) => {
      if (seat.past) await coming.promise;
      return takes(seat);
    });
    await lose();
    const told: number[] = [];
    for (let n = 1; n <= 40; n++) place.tell(() => told.push(n));
    coming.resolve();
    await settle();
    expect(told).toEqual(Array.from({ length: 32 }, (_, n) => n + 9));
  });

  test('a caller who begins to speak meanwhile is heard by the next one, once', async () => {
    await opened();
    callers = [caller('ada')];
    agents[0]?.seat.onLost();
    await place.callerProduced('ada', 'mic');
    callers = [caller('ada', { producerId: 'mic' })];
    await settle();
    await place.callerProduced('ada', 'mic');
    expect(last().told.filter((each) => each.startsWith('hears'))).toEqual(['hears ada mic']);
  });
});

describe('a call is given up', () => {
  test('when it loses its agents too often: it may be what kills them', async () => {
    await opened();
    for (let n = 0; n < MOST_LOSSES; n++) await lose();
    expect([agents.length, happened.includes('gone')]).toEqual([MOST_LOSSES + 1, false]);
    await lose();
    expect([agents.length, happened.at(-1)]).toEqual([MOST_LOSSES + 1, 'gone']);
  });

  test('but not where that happens now and then', async () => {
    await opened();
    for (let n = 0; n < 10; n++) {
      await lose();
      await clock.advance(30_000);
    }
    expect(happened).not.toContain('gone');
  });

  test('when no other agent can come', async () => {
    let attempts = 0;
    await opened(async (seat) => {
      if (!seat.past) return takes(seat);
      attempts++;
      throw new Error('no host');
    });
    await lose();
    expect([attempts, happened]).toEqual([MOST_LOSSES, ['gone']]);
  });

  test('when somebody speaks by a line that cannot change its agent', async () => {
    await opened();
    place.openLine('ada', LINE);
    await lose();
    expect(happened).toEqual(['gone']);
    expect(events[0]).toMatchObject({ type: 'error', code: 'session-failed', retryable: false });
  });
});

test('an agent that comes after the room was closed is sent away', async () => {
  const coming = Promise.withResolvers<void>();
  await opened(async (seat) => {
    if (seat.past) await coming.promise;
    return takes(seat);
  });
  await lose();
  await place.close('room-closed');
  coming.resolve();
  await settle();
  expect(last().told).toEqual(['close room-closed']);
  expect(happened).toEqual([]);
});

test('an agent that is lost on its way is not the last attempt', async () => {
  await opened(async (seat) => {
    if (seat.past && agents.length === 1) seat.onLost();
    return takes(seat);
  });
  await lose();
  expect(agents.map(({ told }) => told.at(-1))).toEqual(['close room-closed', 'close room-closed', undefined]);
  expect(happened).toEqual(['voice-1 -> voice-3']);
});
