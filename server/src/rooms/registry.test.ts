import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { pino } from 'pino';
import { MediaWorkers } from '../media/index.ts';
import type { AgentSeat, OpenAgent } from './agent-port.ts';
import type { RoomEnd } from './events.ts';
import { Registry, type RoomLimits } from './registry.ts';

const log = pino({ level: 'silent' });
const media = new MediaWorkers({ workers: 1, port: 0, listen: ['127.0.0.1'], logLevel: 'none' }, { log });
let clock: ManualClock;
let seats: AgentSeat[];
let closed: string[];
let told: string[];
beforeEach(async () => {
  clock = new ManualClock();
  seats = [];
  closed = [];
  told = [];
  if (!media.ready) await media.start();
});
afterEach(() => registry.close('shutdown'));

/** An agent that takes its seat and keeps silent. */
const quiet: OpenAgent = async (seat) => {
  seats.push(seat);
  return {
    engines: [],
    answers: 'every-turn',
    producerId: 'voice',
    callerProduced: async () => {},
    openLine: () => {},
    tellLine: () => {},
    callerJoined: () => {},
    callerLeft: () => {},
    callerAway: (callerId) => void told.push(`away ${callerId}`),
    callerBack: (callerId, unheardMs) => void told.push(`back ${callerId} ${unheardMs}`),
    callerPlaying: () => {},
    callerPlayout: () => {},
    text: () => {},
    interrupt: () => {},
    announce: () => {},
    instruct: () => {},
    addMessage: () => {},
    speakAs: async () => {},
    ask: () => {},
    offerTools: () => {},
    toolResult: () => {},
    close: async (reason) => void closed.push(`${seat.room}: ${reason}`),
  };
};

let registry: Registry;
function rooms(limits: Partial<RoomLimits> = {}, openAgent: OpenAgent = quiet): Registry {
  registry = new Registry({
    limits: { rooms: 10, callersPerRoom: 3, emptyRoomMs: 1000, resumeMs: 30_000, createdRoomMs: 60_000, ...limits },
    log,
    clock,
    createRouter: () => media.createRouter(),
    openAgent,
  });
  return registry;
}

test('the first caller makes the room, the second finds it', async () => {
  const { room, caller } = await rooms().join({ room: 'lobby', displayName: 'Ada', language: 'fr' });
  const second = await registry.join({ room: 'lobby', language: 'de' });
  expect(second.room).toBe(room);
  expect(second.caller.id).not.toBe(caller.id);
  expect(room.callers.map(({ displayName }) => displayName)).toEqual(['Ada', undefined]);
  expect(seats.map(({ wishes }) => wishes.language)).toEqual(['fr']);
  expect(room.producers).toEqual([{ producerId: 'voice', peerId: 'agent' }]);
});

test('callers who come together make one room', async () => {
  rooms();
  const places = await Promise.all([1, 2, 3].map(() => registry.join({ room: 'lobby' })));
  expect(new Set(places.map(({ room }) => room)).size).toBe(1);
  expect(seats).toHaveLength(1);
});

test('who names no room gets one of their own', async () => {
  rooms();
  const a = await registry.join({});
  const b = await registry.join({});
  expect(a.room).not.toBe(b.room);
  expect(a.room.name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
});

test('a full room and a full server refuse', async () => {
  rooms({ rooms: 2, callersPerRoom: 1 });
  await registry.join({ room: 'a' });
  await registry.join({ room: 'b' });
  await expect(registry.join({ room: 'a' })).rejects.toMatchObject({ code: 'room-full' });
  await expect(registry.join({ room: 'c' })).rejects.toMatchObject({ code: 'unavailable' });
});

test('an empty room waits a little for a caller to come back, and closes then', async () => {
  const { room, caller } = await rooms().join({ room: 'lobby' });
  room.leave(caller);
  await clock.advance(999);
  expect((await registry.join({ room: 'lobby' })).room).toBe(room);
  await clock.advance(5000);
  expect(room.closed).toBe(false);
  const [last] = room.callers;
  room.leave(last!);
  room.leave(last!);
  await clock.advance(1000);
  expect(room.closed).toBe(true);
  expect(registry.rooms).toEqual([]);
  expect(closed).toEqual(['lobby: room-closed']);
});

describe('a room that is made before its first caller', () => {
  const plan = { agent: {}, firstCallerMs: 5000, webhooks: [], metadata: {} };

  test('waits longer for the first one than for one who may come back', async () => {
    const room = await rooms().create(plan, 'lobby');
    await clock.advance(4999);
    const { caller } = await registry.join({ room: 'lobby' });
    await clock.advance(60_000);
    expect(room.closed).toBe(false);
    room.leave(caller);
    await clock.advance(1000);
    expect(room.closed).toBe(true);
  });

  test('is over when nobody came, which is remembered until there is another', async () => {
    const room = await rooms().create(plan, 'lobby');
    await clock.advance(5000);
    expect([room.closed, registry.find('lobby'), registry.isOver('lobby')]).toEqual([true, undefined, true]);
    await registry.create(plan, 'lobby');
    expect(registry.isOver('lobby')).toBe(false);
  });

  test('has a name of its own, agent and bounds as they were planned, and is told of', async () => {
    const opened: string[] = [];
    rooms().events.on('opened', ({ name }) => opened.push(name));
    const room = await registry.create({ ...plan, agent: { greeting: 'Good day!' }, maxCallers: 2 }, 'lobby');
    expect(seats[0]?.wishes).toEqual({ greeting: 'Good day!' });
    expect(room.maxCallers).toBe(2);
    await expect(registry.create(plan, 'lobby')).rejects.toMatchObject({ code: 'wrong-state' });
    expect((await registry.create({ ...plan, maxCallers: 64 })).maxCallers).toBe(3);
    expect(opened).toEqual(['lobby', expect.stringMatching(/^r-/)]);
  });
});

describe('a place that is kept for a room', () => {
  const plan = { agent: {}, firstCallerMs: 5000, webhooks: [], metadata: {} };

  test('counts as a room, until one is made of it', async () => {
    const router = await rooms({ rooms: 1 }).reserve();
    expect(registry.roomCount).toBe(1);
    await expect(registry.join({ room: 'lobby' })).rejects.toMatchObject({ code: 'unavailable' });
    const room = await registry.createReserved(plan, router);
    expect([registry.roomCount, registry.rooms]).toEqual([1, [room]]);
    registry.release(router);
    expect(room.closed).toBe(false);
  });

  test('is free again when it is not needed; nothing can be made of it then', async () => {
    const router = await rooms({ rooms: 1 }).reserve();
    registry.release(router);
    expect(registry.roomCount).toBe(0);
    await expect(registry.createReserved(plan, router)).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('is of no use once the server is about to end', async () => {
    const router = await rooms().reserve();
    void registry.drain();
    await expect(registry.createReserved(plan, router)).rejects.toMatchObject({ code: 'shutting-down' });
    expect(registry.roomCount).toBe(0);
  });
});

test('a room whose agent cannot come is not there, and the next attempt is free', async () => {
  let attempts = 0;
  rooms({}, async (seat) => {
    attempts += 1;
    if (attempts === 1) throw new Error('no engine');
    return quiet(seat);
  });
  await expect(registry.join({ room: 'lobby' })).rejects.toThrow('no engine');
  expect(registry.rooms).toEqual([]);
  expect((await registry.join({ room: 'lobby' })).room.closed).toBe(false);
});

test('an agent that is lost too often ends its room', async () => {
  const { room, caller } = await rooms().join({ room: 'lobby' });
  const ended = new Promise<RoomEnd>((resolve) => room.events.on('closed', resolve));
  for (let lost = 0; lost < 4; lost++) {
    seats[lost]?.onLost();
    await clock.advance(0);
  }
  expect(await ended).toBe('agent-failed');
  expect(caller.closed).toBe(true);
  expect(registry.find('lobby')).toBeUndefined();
});

test('a lost agent is replaced under its callers, who hear the next one by another producer', async () => {
  const { room } = await rooms({}, async (seat) => {
    const agent = await quiet(seat);
    return { ...agent, producerId: `voice-${seats.length}` };
  }).join({ room: 'lobby' });
  const told: string[] = [];
  for (const kind of ['producer-added', 'producer-removed'] as const)
    room.events.on(kind, ({ producerId, peerId }) => told.push(`${kind} ${producerId} ${peerId}`));
  seats[0]?.onLost();
  expect(room.producers).toEqual([{ producerId: 'voice-1', peerId: 'agent' }]);
  expect((await registry.join({ room: 'lobby' })).room).toBe(room);
  await clock.advance(0);
  expect(told).toEqual(['producer-added voice-2 agent', 'producer-removed voice-1 agent']);
  expect(room.producers).toEqual([{ producerId: 'voice-2', peerId: 'agent' }]);
  expect([room.closed, closed]).toEqual([false, ['lobby: room-closed']]);
});

test('an agent that is lost while it comes leaves nothing behind', async () => {
  rooms({}, async (seat) => {
    seat.onLost();
    return quiet(seat);
  });
  await expect(registry.join({ room: 'lobby' })).rejects.toMatchObject({ code: 'unavailable' });
  expect(closed).toEqual(['lobby: room-closed']);
});

test('closing tells every room why, and lets nobody in', async () => {
  const { room } = await rooms().join({ room: 'lobby' });
  const reasons: RoomEnd[] = [];
  room.events.on('closed', (reason) => reasons.push(reason));
  const closing = registry.close('shutdown');
  expect(registry.close('shutdown')).toBe(closing);
  await closing;
  expect(reasons).toEqual(['shutdown']);
  expect(closed).toEqual(['lobby: shutdown']);
  await expect(registry.join({})).rejects.toMatchObject({ code: 'shutting-down' });
});

test('a room that is being opened when the server closes is closed too', async () => {
  let take: () => void = () => {};
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  let asked: () => void = () => {};
  const asking = new Promise<void>((resolve) => {
    asked = resolve;
  });
  rooms({}, async (seat) => {
    asked();
    await taken;
    return quiet(seat);
  });
  const joining = registry.join({ room: 'lobby' }).catch(() => {});
  await asking;
  const closing = registry.close('shutdown');
  take();
  await Promise.all([closing, joining]);
  expect(registry.rooms).toEqual([]);
  expect(closed).toHaveLength(1);
});

describe('a caller whose connection is lost', () => {
  test('keeps the place for a while, and comes back as the same one', async () => {
    const { room, caller, secret } = await rooms().join({ room: 'lobby' });
    room.away(caller);
    expect(room.callers).toEqual([caller]);
    expect(caller.away).toBe(true);
    await clock.advance(29_000);
    const back = registry.resume({ secret, anew: false });
    expect(back).toMatchObject({ room, caller });
    expect(back.secret).not.toBe(secret);
    await clock.advance(60_000);
    expect(caller.away).toBe(false);
    expect(room.closed).toBe(false);
  });

  test('leaves when the time is over, and the empty room ends', async () => {
    const { room, caller, secret } = await rooms().join({ room: 'lobby' });
    room.away(caller);
    await clock.advance(30_000);
    expect(room.callers).toEqual([]);
    expect(() => registry.resume({ secret, anew: false })).toThrow('this call is over');
    await clock.advance(1000);
    expect(room.closed).toBe(true);
  });

  test('has left at once where the server waits for nobody', async () => {
    const { room, caller, secret } = await rooms({ resumeMs: 0 }).join({ room: 'lobby' });
    room.away(caller);
    expect(room.callers).toEqual([]);
    expect(() => registry.resume({ secret, anew: false })).toThrow('this call is over');
  });

  test('is told to the agent, and when nothing is heard long after the return, that too', async () => {
    const { room, caller, secret } = await rooms().join({ room: 'lobby' });
    room.away(caller);
    await clock.advance(2000);
    registry.resume({ secret, anew: true });
    expect(told).toEqual([`away ${caller.id}`]);
    await clock.advance(5000);
    // What was on its way when the page went is unheard too.
    expect(told).toEqual([`away ${caller.id}`, `back ${caller.id} 7300`]);
  });

  test('knows best itself since when it has heard nothing', async () => {
    const { caller, secret } = await rooms().join({ room: 'lobby' });
    // The loss was not noticed here.
    registry.resume({ secret, anew: false, silentMs: 4000 });
    await clock.advance(5000);
    expect(told).toEqual([`away ${caller.id}`, `back ${caller.id} 9000`]);
  });

  test('has no way back once it has left', async () => {
    const { room, caller, secret } = await rooms().join({ room: 'lobby' });
    room.away(caller);
    room.leave(caller);
    await clock.advance(40_000);
    expect(() => registry.resume({ secret, anew: true })).toThrow('this call is over');
  });
});

test('the router goes with its room', async () => {
  const { room } = await rooms().join({ room: 'lobby' });
  const gone = new Promise<void>((resolve) => seats[0]?.router.onLost(resolve));
  await media.close();
  await gone;
  expect(room.closed).toBe(true);
});
