import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { joined } from '../testing/joined.ts';
import { onBothDatabases, type Place, type Places } from './testing/databases.ts';

/** Making an embedded database takes seconds. */
jest.setTimeout(90_000);

interface Json {
  // biome-ignore lint/suspicious/noExplicitAny: JSON of answers, looked into at will
  [key: string]: any;
}

async function get(house: TestApp, path: string, init?: RequestInit): Promise<{ status: number; body: Json }> {
  const answer = await fetch(new URL(path, house.url), init);
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : { text } };
}

/** Asks again until the answer is as it should be; what is written is read a moment later. */
async function eventually(house: TestApp, path: string, fits: (body: Json) => boolean): Promise<Json> {
  for (;;) {
    const { status, body } = await get(house, path);
    if (status === 200 && fits(body)) return body;
    // 503: the database is being made.
    if (![200, 404, 503].includes(status)) throw new Error(`${path} answers ${status}: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

onBothDatabases('the history', (open) => {
  let places: Places;
  let place: Place;
  let house: TestApp;
  const start = (at: Place): Promise<TestApp> =>
    startTestApp({
      server: { dataDir: at.folder },
      history: { enabled: true, databaseUrl: at.databaseUrl },
      limits: { requestsPerMinute: 100_000 },
    });
  beforeAll(async () => {
    places = await open();
    place = places.fresh();
    house = await start(place);
  });
  afterAll(async () => {
    await house.close();
    await places.close();
  });

  const onlyCall = async (room: string): Promise<string> =>
    (await eventually(house, `/v1/calls?room=${room}`, ({ calls }) => calls.length === 1)).calls[0].call;

  test('keeps the turns of a call with words, times, latencies and tools, and what was heard of a reply', async () => {
    const { caller, session, callerId } = await joined(house, 'turns');
    const turn = 1;
    session.emit({ type: 'transcript', turn, callerId, text: 'What is', final: false });
    session.emit({ type: 'transcript', turn, callerId, text: 'What is the time?', final: true, language: 'en' });
    session.emit({ type: 'turn-metrics', turn, figures: { endpointing: 200 } });
    session.emit({ type: 'turn-metrics', turn, figures: { endpointing: 200, voice_to_voice: 640 } });
    const tool = { turn, call: 'c1', name: 'clock', origin: 'webhook' } as const;
    session.emit({ type: 'tool', ...tool, status: 'running' });
    session.emit({ type: 'tool', ...tool, status: 'done', ms: 31.4 });
    session.emit({ type: 'reply-text', turn, reply: 1, text: 'It is', final: false, interrupted: false });
    session.emit({ type: 'reply-text', turn, reply: 1, text: 'It is ten', final: true, interrupted: true });
    const id = await onlyCall('turns');
    const call = await eventually(house, `/v1/calls/${id}`, ({ turns }) => turns[0]?.said.at(-1)?.interrupted);

    expect(call).toMatchObject({
      room: 'turns',
      recorded: false,
      callers: [{ callerId, joinedMs: expect.any(Number) }],
      engines: expect.arrayContaining([{ stage: 'asr', engine: 'fake', lite: true }]),
      turns: [
        {
          turn,
          latencies: { endpointing: 200, voice_to_voice: 640 },
          tools: [{ name: 'clock', origin: 'webhook', status: 'done', tookMs: 31 }],
        },
      ],
    });
    expect(call.endedAt).toBeUndefined();
    const [asked, answered] = call.turns[0].said;
    expect(asked).toMatchObject({
      speaker: 'caller',
      callerId,
      text: 'What is the time?',
      language: 'en',
      final: true,
    });
    expect(asked.words.map(({ text }: Json) => text)).toEqual(['What ', 'is ', 'the ', 'time?']);
    expect(answered).toMatchObject({ speaker: 'agent', text: 'It is ten', interrupted: true, final: true });
    expect(answered.startedMs).toBeGreaterThanOrEqual(asked.startedMs);

    caller.close();
  });

  test('says of a call how it ended, and keeps what was being said then as far as it was heard', async () => {
    const { caller, session } = await joined(house, 'ended');
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'Good', final: false, interrupted: false });
    session.emit({ type: 'ended', reason: 'time-limit' });
    const id = await onlyCall('ended');
    const call = await eventually(house, `/v1/calls/${id}`, ({ endedAt }) => endedAt !== undefined);
    expect(call.endReason).toBe('time-limit');
    expect(call.turns[0].said).toMatchObject([{ text: 'Good', interrupted: true, final: true }]);
    caller.close();
  });

  test('finds words in any script, and lists page by page', async () => {
    for (const [room, text] of [
      ['search-en', 'The Eiffel tower, please'],
      ['search-zh', '今天天气怎么样'],
      ['search-de', 'Grüße aus Köln'],
    ] as const) {
      const { caller, session, callerId } = await joined(house, room);
      session.emit({ type: 'transcript', turn: 1, callerId, text, final: true });
      await eventually(house, `/v1/calls?room=${room}`, ({ calls }) => calls[0]?.excerpt === text);
      caller.close();
    }
    const found = async (q: string): Promise<string[]> =>
      (await get(house, `/v1/calls?q=${encodeURIComponent(q)}`)).body.calls.map(({ room }: Json) => room);
    expect(await found('EIFFEL please')).toEqual(['search-en']);
    expect(await found('"eiffel please"')).toEqual([]);
    expect(await found('天气')).toEqual(['search-zh']);
    expect(await found('köln')).toEqual(['search-de']);
    expect(await found("'); drop table calls; --")).toEqual([]);

    const all = (await get(house, '/v1/calls')).body.calls.map(({ call }: Json) => call);
    const pages: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(house, `/v1/calls?limit=2${cursor}`);
      pages.push(...body.calls.map(({ call }: Json) => call));
      cursor = body.next ? `&cursor=${body.next}` : '';
    } while (cursor);
    expect(pages).toEqual(all);
    expect((await get(house, '/v1/calls?cursor=nonsense')).status).toBe(400);
  });

  test('gives the transcript as JSON and as text', async () => {
    const { caller, session, callerId } = await joined(house, 'transcript');
    session.emit({ type: 'transcript', turn: 1, callerId, text: 'Hello?', final: true });
    session.emit({ type: 'reply-text', turn: 1, reply: 1, text: 'Hi there.', final: true, interrupted: false });
    const id = await onlyCall('transcript');
    const { said } = await eventually(house, `/v1/calls/${id}/transcript`, (body) => body.said.length === 2);
    expect(said.map(({ speaker, text }: Json) => `${speaker}: ${text}`)).toEqual([
      'caller: Hello?',
      'agent: Hi there.',
    ]);
    const { body } = await get(house, `/v1/calls/${id}/transcript?format=text`);
    expect(body.text).toMatch(
      /^Call in room transcript, .*\n\n\[00:0\d\] Caller: Hello\?\n\[00:0\d\] Agent: Hi there\.\n$/,
    );
    caller.close();
  });

  test('deletes a call that is over, and none that lasts', async () => {
    const { caller, session, callerId } = await joined(house, 'deleted');
    session.emit({ type: 'transcript', turn: 1, callerId, text: 'Forget me', final: true });
    const id = await onlyCall('deleted');
    const gone = (): Promise<{ status: number }> => get(house, `/v1/calls/${id}`, { method: 'DELETE' });
    expect((await gone()).status).toBe(409);
    session.emit({ type: 'ended', reason: 'idle' });
    await eventually(house, `/v1/calls/${id}`, ({ endedAt }) => endedAt !== undefined);
    expect((await gone()).status).toBe(204);
    expect((await gone()).status).toBe(404);
    expect((await get(house, `/v1/calls/${id}`)).status).toBe(404);
    expect((await get(house, '/v1/calls?q=forget')).body.calls).toEqual([]);
    caller.close();
  });

  test('takes text that PostgreSQL cannot hold, and loses nothing else for it', async () => {
    const { caller, session, callerId } = await joined(house, 'odd');
    session.emit({ type: 'transcript', turn: 1, callerId, text: 'nul \0 and half \ud800 a pair', final: true });
    const id = await onlyCall('odd');
    const call = await eventually(house, `/v1/calls/${id}`, ({ turns }) => turns.length === 1);
    expect(call.turns[0].said[0].text).toBe('nul  and half \ufffd a pair');
    caller.close();
  });
});

describe('a server without a history', () => {
  test('says so', async () => {
    const house = await startTestApp();
    const { status, body } = await get(house, '/v1/calls');
    expect([status, body.detail]).toEqual([404, 'Calls are not kept here (history.enabled is false).']);
    await house.close();
  });
});
