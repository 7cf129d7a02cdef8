// Malformed inputs to every request of signaling and every route of HTTP, made from their schemas, and bytes that are
// neither; against a server in a process of its own. PARLEY_FUZZ_SEED makes others, PARLEY_FUZZ_TIMES more.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startTestApp } from './testing/app.ts';
import { FuzzCaller } from './testing/fuzz/callers.ts';
import { rawFrames } from './testing/fuzz/frames.ts';
import { FuzzHouse, KEY } from './testing/fuzz/house.ts';
import { HttpStage, operationsIn } from './testing/fuzz/http.ts';
import type { Held } from './testing/fuzz/process.ts';
import { rawRequests } from './testing/fuzz/raw-requests.ts';
import { RealtimeStage, realtimeEvents } from './testing/fuzz/realtime.ts';
import { type FuzzOperation, fuzzRequests } from './testing/fuzz/requests.ts';
import { mediaSayings, sayings, strangeSayings } from './testing/fuzz/sayings.ts';
import { Stage } from './testing/fuzz/stage.ts';
import { type Fate, Tally } from './testing/fuzz/tally.ts';
import { TelephonyStage, twilioMessages } from './testing/fuzz/telephony.ts';
import { badKeys, badTokens } from './testing/fuzz/tokens.ts';
import { throwBytes } from './testing/fuzz/wire.ts';

/** So many inputs must be refused at least. */
const REFUSED = 20_000;
const SEED = Number(process.env.PARLEY_FUZZ_SEED ?? 1);
const TIMES = Number(process.env.PARLEY_FUZZ_TIMES ?? 1);
/** Inputs of each kind before memory is measured: rooms, schemas and regular expressions are made when first used. */
const WARM_UP = 250;
/** How much more the process may hold in the end; what it keeps of an input would be held twenty thousand times. */
const MOST_HEAP_GROWTH_BYTES = 8e6;
/** Sockets that were closed here are closed there a moment later, and the database opens files when it likes. */
const MOST_FILES = 12;
const PATIENCE_MS = 300_000;

let house: FuzzHouse;
let operations: readonly FuzzOperation[];
let stage: Stage;
let http: HttpStage;
let realtime: RealtimeStage;
let telephony: TelephonyStage;
const tally = new Tally();

beforeAll(async () => {
  house = await FuzzHouse.start();
  operations = await operationsIn(house);
  stage = new Stage(house);
  http = new HttpStage(house, operations);
  realtime = new RealtimeStage(house);
  telephony = new TelephonyStage(house);
}, PATIENCE_MS);
/** Leaves all rooms. */
async function rest(): Promise<void> {
  stage.close();
  realtime.close();
  telephony.close();
  await http.close();
}
afterAll(async () => {
  await rest();
  await house.close();
});

interface Kind<T> {
  readonly inputs: fc.Arbitrary<T>;
  readonly runs: number;
  readonly put: (input: T) => Promise<Fate>;
}
const kind = <T>(runs: number, inputs: fc.Arbitrary<T>, put: (input: T) => Promise<Fate>): Kind<unknown> =>
  ({ inputs, runs, put }) as Kind<unknown>;

async function kinds(): Promise<Record<string, Kind<unknown>>> {
  const requests = fuzzRequests(operations);
  const over = (runs: number, name: keyof typeof requests) => kind(runs, requests[name]!, (input) => http.ask(input));
  const token = await house.token({ room: 'lobby' });
  const listRooms = operations.find(({ id }) => id === 'listRooms')!;
  const asked = { kind: '', operation: listRooms, method: 'GET', params: {}, query: [], headers: {}, body: undefined };
  return {
    'requests in every state of a call': kind(7000, sayings, (input) => stage.say(input)),
    'WebRTC parameters': kind(2500, mediaSayings, (input) => stage.say(input)),
    'unknown events and bytes': kind(3500, strangeSayings, (input) => stage.say(input)),
    'join tokens': kind(1500, badTokens(token), (bad) =>
      stage.say({ state: 'new', event: 'join', args: [{ token: bad, room: 'lobby' }] }),
    ),
    'API keys': kind(800, badKeys(KEY, token), (bad) => http.ask(asked, bad)),
    'bodies over HTTP': over(2500, 'bodies'),
    'broken JSON over HTTP': over(1500, 'broken JSON'),
    'path parameters over HTTP': over(1200, 'params'),
    'queries over HTTP': over(1500, 'queries'),
    'headers and methods over HTTP': over(1200, 'headers and methods'),
    'events of the realtime door': kind(2000, realtimeEvents, (input) => realtime.say(input)),
    'messages of telephone calls': kind(1000, twilioMessages, (input) => telephony.say(input)),
    'requests that are none': kind(1500, rawRequests, (input) => throwBytes(input, house)),
    'frames of WebSocket and packets of Socket.IO': kind(1200, rawFrames, (input) => throwBytes(input, house)),
  };
}

/** What fails is printed in full, and comes again with the same seed. */
const fuzz = ({ inputs, put }: Kind<unknown>, runs: number, seed: number, count: (fate: Fate) => void): Promise<void> =>
  fc.assert(
    fc.asyncProperty(inputs, async (input) => count(await put(input))),
    { numRuns: runs, seed, endOnFailure: true },
  );

/** A call as it should be, and a room over HTTP. */
async function validCall(): Promise<void> {
  const caller = await FuzzCaller.in('joined', house, 'valid');
  await caller.speak(1);
  await caller.grant('text', { text: 'hello' });
  await caller.grant('leave', {});
  caller.close();
  const answers = [
    await house.ask('/v1/rooms', { method: 'POST', body: { room: 'made' } }),
    await house.ask('/v1/rooms/made/agent/say', { method: 'POST', body: { text: 'hello' } }),
    await house.ask('/v1/rooms/made', { method: 'DELETE' }),
    await house.ask('/v1/calls'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 202, 204, 200]);
}

test(
  'what is malformed is refused in words of our own, harms nobody, and is forgotten',
  async () => {
    const all = Object.entries(await kinds());
    await validCall();
    for (const [, each] of all) await fuzz(each, WARM_UP, SEED + 1, () => {});
    await rest();
    const before = await house.held();
    for (const [name, each] of all) {
      await fuzz(each, each.runs * TIMES, SEED, (fate) => tally.count(name, fate));
      await validCall();
    }
    await rest();
    const after = await house.held();
    if (process.env.PARLEY_FUZZ_TELL) console.log(tally.kinds, before, after);

    expect({ end: house.end, failures: house.failures, leaks: house.leaks }).toEqual({ failures: [], leaks: [] });
    expect(await deaths()).toEqual([0, 0]);
    expect(tally.total('refused')).toBeGreaterThanOrEqual(REFUSED);
    expectAsBefore(before, after);
  },
  PATIENCE_MS,
);

const deaths = (): Promise<number[]> =>
  Promise.all(['parley_media_worker_deaths_total', 'parley_agent_host_deaths_total'].map((each) => house.gauge(each)));

function expectAsBefore(before: Held, after: Held): void {
  expect(after.heapBytes - before.heapBytes).toBeLessThan(MOST_HEAP_GROWTH_BYTES);
  expect(after.externalBytes - before.externalBytes).toBeLessThan(MOST_HEAP_GROWTH_BYTES);
  expect(after.files).toBeLessThanOrEqual(before.files + MOST_FILES);
  expect(after.threads).toBe(before.threads);
}

describe('limits', () => {
  test('hold for malformed messages as for others', async () => {
    const strict = await startTestApp({ limits: { requestsPerSecond: 1, requestBurst: 20 } });
    try {
      const caller = await strict.client();
      const acks = await Promise.all(Array.from({ length: 60 }, () => caller.raw('join', { room: [] })));
      const codes = acks.map((ack) => (ack.ok ? 'ok' : ack.error.code));
      expect([...new Set(codes)]).toEqual(['bad-message', 'too-many-requests']);
      expect(codes.filter((code) => code === 'bad-message').length).toBeLessThan(25);
    } finally {
      await strict.close();
    }
  });

  test('hold for malformed HTTP requests as for others', async () => {
    const strict = await startTestApp({ server: { apiToken: KEY }, limits: { requestsPerMinute: 20 } });
    const statuses: number[] = [];
    try {
      for (let i = 0; i < 40; i++) {
        const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
        const answer = await fetch(`${strict.url}/v1/tokens`, { method: 'POST', headers, body: '{"room":' });
        expect(await answer.json()).toMatchObject({ type: 'about:blank', status: answer.status });
        statuses.push(answer.status);
      }
    } finally {
      await strict.close();
    }
    expect([...new Set(statuses)]).toEqual([400, 429]);
  });
});
