import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { Webhook } from 'standardwebhooks';
import { createLogger, Metrics } from '../observe/index.ts';
import { type Caller, Emitter, type RoomEvents, type RoomPlan, WEBHOOK_EVENTS } from '../rooms/index.ts';
import { Inbox } from '../testing/inbox.ts';
import { newSecret } from './sign.ts';
import type { ToldRoom } from './story.ts';
import { startReceiver } from './testing/receiver.ts';
import { Webhooks, type WebhooksOptions } from './webhooks.ts';

const secret = newSecret();
const ada = { id: 'ada', displayName: 'Ada' } as Caller;
const HOUR_MS = 3_600_000;

let folder: string;
let clock: ManualClock;
let metrics: Metrics;
let logged: Inbox<{ readonly msg: string }>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let webhooks: Webhooks;
let startedAt: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-webhooks-'));
  clock = new ManualClock();
  metrics = new Metrics();
  logged = new Inbox();
  startedAt = Date.now();
  receiver = await startReceiver();
});
afterEach(async () => {
  webhooks.close();
  await receiver.close();
  metrics.close();
  rmSync(folder, { recursive: true });
});

function open(options: Partial<WebhooksOptions> = {}): Webhooks {
  webhooks = Webhooks.open({
    folder,
    target: { url: receiver.url, secret, events: WEBHOOK_EVENTS },
    keepHours: 72,
    timeoutMs: 10_000,
    maxPending: 100,
    log: createLogger({ level: 'info', format: 'json' }, { write: (line: string) => logged.put(JSON.parse(line)) }),
    metrics,
    clock,
    wallMs: () => startedAt + clock.now(),
    ...options,
  });
  return webhooks;
}

function room(plan?: Partial<RoomPlan>): ToldRoom {
  const made = {
    name: 'lobby',
    id: '5f0c7f3e-95f4-4a52-9c1c-7f6d0d3c1a00' as const,
    plan: plan && { agent: {}, firstCallerMs: 0, webhooks: [], metadata: {}, ...plan },
    events: new Emitter<RoomEvents>((error) => {
      throw error;
    }),
  };
  webhooks.watch(made);
  return made;
}

const said = (message: string): Promise<unknown> => logged.next(({ msg }) => msg.startsWith(message));
const next = async () => (await receiver.received.next()).event;
/** Until every answer has come back. */
async function delivered(): Promise<void> {
  while (webhooks.pending > 0) await clock.advance(0);
}
const count = async (fate: string): Promise<number> => {
  const all = (await metrics.registry.getMetricsAsJSON()).find(({ name }) => name === 'parley_webhooks_total');
  return (all?.values ?? []).reduce((sum, { labels, value }) => sum + (labels.fate === fate ? value : 0), 0);
};

test('a call is told from its first caller to its end', async () => {
  open();
  const { events } = room({ metadata: { order: '17' } });
  events.emit('caller-joined', ada);
  events.emit('caller-joined', { id: 'bob' } as Caller);
  events.emit('agent', { type: 'transcript', turn: 1, callerId: 'ada', text: 'what time', final: false });
  events.emit('agent', { type: 'transcript', turn: 1, callerId: 'ada', text: 'what time is it', final: true });
  events.emit('agent', {
    ...{ type: 'tool', turn: 1, call: 'c1', name: 'clock', origin: 'webhook' },
    ...{ status: 'done', ms: 12 },
  } as RoomEvents['agent']);
  events.emit('agent', { type: 'turn-metrics', turn: 1, figures: { voice_to_voice: 700 } });
  events.emit('agent', { type: 'reply-text', turn: 1, reply: 1, text: 'It is', final: false, interrupted: false });
  events.emit('agent', { type: 'reply-text', turn: 1, reply: 1, text: 'It is noon.', final: true, interrupted: false });
  const told = [await next(), await next(), await next()];
  await delivered();
  await clock.advance(61_000);
  events.emit('closed', 'room-closed');
  expect([...told, await next()]).toEqual([
    {
      id: expect.stringMatching(/^evt_/),
      type: 'call.started',
      at: new Date(startedAt).toISOString(),
      room: 'lobby',
      conversation: '5f0c7f3e-95f4-4a52-9c1c-7f6d0d3c1a00',
      metadata: { order: '17' },
      data: { caller: { callerId: 'ada', displayName: 'Ada' } },
    },
    expect.objectContaining({
      type: 'tool.called',
      data: { turn: 1, call: 'c1', name: 'clock', origin: 'webhook', status: 'done', ms: 12 },
    }),
    expect.objectContaining({
      type: 'turn.completed',
      data: {
        turn: 1,
        reply: 1,
        callers: [{ callerId: 'ada', text: 'what time is it' }],
        agent: { text: 'It is noon.', interrupted: false },
        figures: { voice_to_voice: 700 },
      },
    }),
    expect.objectContaining({
      type: 'call.ended',
      data: {
        reason: 'room-closed',
        startedAt: new Date(startedAt).toISOString(),
        seconds: 61,
        turns: 1,
        callers: 2,
      },
    }),
  ]);
});

test('a room that nobody came to is no call', async () => {
  open();
  room().events.emit('closed', 'room-closed');
  expect(webhooks.pending).toBe(0);
});

test('what is sent is signed as Standard Webhooks has it', async () => {
  open();
  room().events.emit('caller-joined', ada);
  const { headers, body } = await receiver.received.next();
  expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'call.started' });
  expect(() => new Webhook(newSecret()).verify(body, headers as Record<string, string>)).toThrow();
  expect(headers['webhook-id']).toBe(JSON.parse(body).id);
});

test('a room may name addresses of its own, each told what it asks for', async () => {
  open({ target: undefined });
  const own = newSecret();
  const { events } = room({ webhooks: [{ url: receiver.url, secret: own, events: ['call.ended'] }] });
  events.emit('caller-joined', ada);
  events.emit('closed', 'idle');
  const { headers, body } = await receiver.received.next();
  expect(new Webhook(own).verify(body, headers as Record<string, string>)).toMatchObject({ type: 'call.ended' });
});

describe('an address that does not take an event', () => {
  test('is tried again, later and later, with the same id; what comes after waits its turn', async () => {
    receiver.answerWith(500, 302);
    open();
    const { events } = room();
    events.emit('caller-joined', ada);
    events.emit('closed', 'idle');
    const first = await next();
    await said('a webhook did not take an event');
    await clock.advance(4999);
    expect(receiver.received.waiting).toEqual([]);
    await clock.advance(1);
    expect(await next()).toEqual(first);
    await said('a webhook did not take an event');
    await clock.advance(30_000);
    expect(await next()).toEqual(first);
    expect((await next()).type).toBe('call.ended');
    expect(await count('failed')).toBe(2);
  });

  test('does not hold up another', async () => {
    const other = await startReceiver();
    receiver.answerWith('never');
    open();
    room({ webhooks: [{ url: other.url, secret, events: WEBHOOK_EVENTS }] }).events.emit('caller-joined', ada);
    await next();
    expect((await other.received.next()).event.type).toBe('call.started');
    await other.close();
  });

  test('nor answers in time is tried again', async () => {
    receiver.answerWith('never');
    open();
    room().events.emit('caller-joined', ada);
    await next();
    await clock.advance(10_000);
    await said('a webhook did not take an event');
    await clock.advance(5000);
    expect((await next()).type).toBe('call.started');
  });

  test('loses the event at last, and the log says so', async () => {
    receiver.answerWith(500, 500);
    open({ keepHours: 0.001 });
    room().events.emit('caller-joined', ada);
    await next();
    await said('a webhook did not take an event');
    await clock.advance(5000);
    await next();
    await said('a webhook event could not be delivered and is given up');
    expect(webhooks.pending).toBe(0);
    expect(await count('given-up')).toBe(1);
  });

  test('and says that it is gone is not tried again', async () => {
    receiver.answerWith(410);
    open();
    room().events.emit('caller-joined', ada);
    await next();
    await said('a webhook address is gone');
    expect(webhooks.pending).toBe(0);
  });
});

describe('what is not delivered', () => {
  test('is delivered after a restart, oldest first, and never twice', async () => {
    receiver.answerWith(500);
    open();
    const { events } = room();
    events.emit('caller-joined', ada);
    events.emit('closed', 'idle');
    await next();
    await said('a webhook did not take an event');
    webhooks.close();
    // As where the process died while it wrote.
    appendFileSync(join(folder, 'webhooks.jsonl'), '{"put":{"key":"half');
    open();
    expect((await next()).type).toBe('call.started');
    expect((await next()).type).toBe('call.ended');
    await delivered();
    webhooks.close();
    expect(open().pending).toBe(0);
  });

  test('is bounded: the oldest is left out and counted', async () => {
    receiver.answerWith('never');
    open({ maxPending: 2 });
    const { events } = room();
    events.emit('caller-joined', ada);
    for (const reply of [1, 2])
      events.emit('agent', { type: 'reply-text', turn: reply, reply, text: 'Yes.', final: true, interrupted: false });
    expect(webhooks.pending).toBe(2);
    expect(await count('dropped')).toBe(1);
  });

  test('lies in a file for the owner alone', () => {
    open();
    expect(statSync(join(folder, 'webhooks.jsonl')).mode & 0o777).toBe(0o600);
  });

  test('leaves a short file once it is delivered', async () => {
    open({ maxPending: 100_000 });
    const { events } = room();
    events.emit('caller-joined', ada);
    for (let reply = 1; reply <= 600; reply++)
      events.emit('agent', { type: 'reply-text', turn: 1, reply, text: 'Yes.', final: true, interrupted: false });
    for (let at = 0; at <= 600; at++) await next();
    await delivered();
    expect(readFileSync(join(folder, 'webhooks.jsonl'), 'utf8').split('\n').length).toBeLessThan(600);
  });
});

test('events wait for days if need be', async () => {
  receiver.answerWith(...Array.from({ length: 12 }, () => 503));
  open();
  room().events.emit('caller-joined', ada);
  for (let attempt = 0; attempt < 12; attempt++) {
    await next();
    await said('a webhook did not take an event');
    await clock.advance(3 * HOUR_MS);
  }
  expect((await next()).type).toBe('call.started');
});
