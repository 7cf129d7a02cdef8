import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { startTestApp, type TestApp } from '../testing/app.ts';
import type { FakeHost, FakeSession } from '../testing/fake-host.ts';
import { newSecret } from '../webhooks/index.ts';
import { startReceiver } from '../webhooks/testing/receiver.ts';

let house: TestApp;
let host: FakeHost;
beforeAll(async () => {
  house = await startTestApp();
  host = await house.hosts.next();
  host.health = [
    { stage: 'llm', engine: 'openai', up: true },
    { stage: 'llm', engine: 'ollama', up: false },
    { stage: 'llm', engine: 'qwen', up: false, missing: true },
    { stage: 'tts', engine: 'fake', up: true },
  ];
});
afterAll(() => house.close());

async function ask(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${house.url}${path}`, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

async function made(order: object = {}): Promise<{ room: string; session: FakeSession }> {
  const { status, text, body } = await ask('POST', '/v1/rooms', order);
  expect([status, status === 201 ? '' : text]).toEqual([201, '']);
  return { room: body.room, session: await host.sessions.next() };
}

describe('a room that is made', () => {
  test('has an agent as it was ordered, before anybody comes', async () => {
    const agent = {
      instructions: 'Sell tickets.',
      greeting: 'Good day!',
      language: 'de-DE',
      voice: 'fake:anna',
      speed: 1.2,
      emotion: 'happy',
      turnPreset: 'patient',
      answers: 'when-named',
      names: ['Clerk'],
      engines: { llm: ['ollama', 'openai'] },
    };
    const limits = { maxCallers: 2, maxCallMinutes: 3 };
    const { status, headers, body } = await ask('POST', '/v1/rooms', { room: 'desk', agent, limits });
    expect([status, headers.get('location')]).toEqual([201, '/v1/rooms/desk']);
    expect(body).toMatchObject({ room: 'desk', callers: [], maxCallers: 2, agent: { ...agent, maxCallMs: 180_000 } });
    expect(body.engines).toContainEqual({
      stage: 'llm',
      engine: 'ollama',
      reason: 'chosen for this room; then openai',
      lite: false,
    });
    const { settings, order } = await host.sessions.next();
    expect(settings).toMatchObject({
      ...{ instructions: 'Sell tickets.', greeting: 'Good day!', language: 'de-DE', turnPreset: 'patient' },
      ...{ answers: 'when-named', names: ['Clerk'], maxCallMs: 180_000 },
      prosody: { voice: 'fake:anna', speed: 1.2, emotion: 'happy', language: 'de-DE' },
    });
    expect(order.engines).toEqual({ llm: ['ollama', 'openai'] });
    expect((await ask('GET', '/v1/rooms/desk')).body).toEqual(body);
  });

  test('is joined by name, and takes no more callers than it may', async () => {
    const { room, session } = await made({ limits: { maxCallers: 1 } });
    const [ada, bob] = [await house.client(), await house.client()];
    const { callerId } = await ada.ask('join', { room });
    expect(await session.told.next(({ what }) => what === 'joined')).toMatchObject({ callerId });
    await expect(bob.ask('join', { room })).rejects.toMatchObject({ code: 'room-full' });
  });

  test('shows no header of its tools, no query of an address and no secret', async () => {
    const tools = [
      {
        name: 'seats',
        description: 'Free seats.',
        url: 'https://tickets.example/seats?key=hidden-1',
        headers: { authorization: 'Bearer hidden-2' },
      },
    ];
    const secret = newSecret();
    const webhooks = [{ url: 'https://crm.example/hook?token=hidden-3', secret, events: ['call.ended'] }];
    const { room, session } = await made({ agent: { tools }, webhooks });
    expect(session.order.tools).toMatchObject([{ ...tools[0], method: 'POST', timeoutMs: 10_000 }]);
    const { text, body } = await ask('GET', `/v1/rooms/${room}`);
    expect(body.agent.tools).toMatchObject([{ name: 'seats', url: 'https://tickets.example/seats' }]);
    expect(body.webhooks).toEqual([{ url: 'https://crm.example/hook', events: ['call.ended'] }]);
    expect(text).not.toMatch(/hidden/);
    expect(text).not.toContain(secret);
    expect((await ask('GET', '/v1/rooms')).text).not.toMatch(/hidden/);
    expect(JSON.stringify(house.logged.waiting)).not.toMatch(/hidden/);
  });

  test('is ended for all who are in it', async () => {
    const { room, session } = await made();
    const caller = await house.client();
    await caller.ask('join', { room });
    expect((await ask('DELETE', `/v1/rooms/${room}`)).status).toBe(204);
    expect(await caller.notice('call-ended')).toMatchObject({ reason: 'room-closed', rejoin: false });
    expect(await session.told.next(({ what }) => what === 'close')).toMatchObject({ reason: 'room-closed' });
    expect((await ask('GET', `/v1/rooms/${room}`)).status).toBe(404);
  });
});

describe('an order that cannot be filled is refused with the field', () => {
  test.each([
    [{ agent: { engines: { llm: ['openai', 'gemini'] } } }, '/agent/engines/llm/1', /it has: openai, ollama$/],
    [{ agent: { engines: { llm: ['qwen'] } } }, '/agent/engines/llm/0', /no llm engine "qwen"/],
    [{ agent: { engines: { asr: ['whisper'] } } }, '/agent/engines/asr/0', /it has: none/],
    [{ agent: { voice: 'nobody' } }, '/agent/voice', /GET \/v1\/voices/],
    [{ agent: { speed: 99 } }, '/agent/speed', /4/],
    [{ agent: { tools: [{ name: 'x y', description: 'd', url: 'https://a.example' }] } }, '/agent/tools/0/name', /./],
    [{ agent: { tools: [{ name: 'x', description: 'd', url: 'file:///etc' }] } }, '/agent/tools/0/url', /URL/i],
    [{ agnet: {} }, '', /agnet/],
    [{ room: 'a/b' }, '/room', /letters/],
    [{ webhooks: [{ url: 'https://crm.example' }] }, '/webhooks/0/secret', /webhooks\.secret/],
    [{ webhooks: [{ url: 'https://crm.example', secret: 'easy' }] }, '/webhooks/0/secret', /whsec_/],
    [{ webhooks: [{ url: 'https://a:b@crm.example' }] }, '/webhooks/0/url', /password/],
  ])('%j', async (order, pointer, detail) => {
    const { status, headers, body } = await ask('POST', '/v1/rooms', order);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect([status, body.errors]).toEqual([
      400,
      expect.arrayContaining([{ in: 'body', pointer, detail: expect.stringMatching(detail) }]),
    ]);
  });

  test('as is a name that is taken', async () => {
    const { room } = await made();
    expect(await ask('POST', '/v1/rooms', { room })).toMatchObject({
      status: 409,
      body: { detail: `there is a room called ${room} already` },
    });
  });
});

test('what the agent is told reaches its session, with what was left out', async () => {
  const { room, session } = await made();
  const tell = async (action: string, body?: object): Promise<unknown> => {
    const { status } = await ask('POST', `/v1/rooms/${room}/agent/${action}`, body);
    expect([action, status]).toEqual([action, 202]);
    return session.told.next(({ what }) => ['announce', 'interrupt', 'instruct', 'message'].includes(what));
  };
  expect(await tell('say', { text: ' Hurry! ' })).toEqual({
    what: 'announce',
    order: { text: 'Hurry!', interrupt: false, addToHistory: true },
  });
  expect(await tell('interrupt')).toEqual({ what: 'interrupt' });
  expect(await tell('instructions', { instructions: 'Be kind.' })).toEqual({
    what: 'instruct',
    instructions: 'Be kind.',
  });
  expect(await tell('context', { text: 'The train is late.', reply: true })).toEqual({
    what: 'message',
    message: { role: 'system', content: 'The train is late.' },
    reply: true,
  });
});

test('the engines of each stage are listed with how they feel', async () => {
  const { body } = await ask('GET', '/v1/engines');
  expect(body.stages).toContainEqual({
    stage: 'llm',
    engine: 'fake',
    reason: 'a test',
    lite: true,
    engines: [
      { name: 'openai', state: 'up' },
      { name: 'ollama', state: 'failing' },
      { name: 'qwen', state: 'missing' },
    ],
  });
});

test('webhooks of a room are told of its call, signed with its own secret', async () => {
  const receiver = await startReceiver();
  try {
    const secret = newSecret();
    const { room, session } = await made({ webhooks: [{ url: receiver.url, secret }], metadata: { order: '17' } });
    const caller = await house.client();
    const { callerId } = await caller.ask('join', { room, displayName: 'Ada' });
    session.emit({ type: 'transcript', turn: 1, callerId, text: 'hello', final: true });
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'Hi Ada.', final: true, interrupted: false });
    await ask('DELETE', `/v1/rooms/${room}`);
    const told = [await receiver.received.next(), await receiver.received.next(), await receiver.received.next()];
    expect(
      told.map(({ body, headers }) => new Webhook(secret).verify(body, headers as Record<string, string>)),
    ).toMatchObject([
      { type: 'call.started', room, metadata: { order: '17' }, data: { caller: { callerId, displayName: 'Ada' } } },
      { type: 'turn.completed', data: { callers: [{ callerId, text: 'hello' }], agent: { text: 'Hi Ada.' } } },
      { type: 'call.ended', data: { reason: 'room-closed', turns: 1, callers: 1 } },
    ]);
    expect(await (await fetch(`${house.url}/metrics`)).text()).toMatch(
      /parley_webhooks_total\{event="call.started",fate="delivered"\} 1/,
    );
  } finally {
    await receiver.close();
  }
});
