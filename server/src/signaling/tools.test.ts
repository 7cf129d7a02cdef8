import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MAX_RESULT_BYTES, MAX_TOOLS, TOOL_DEFAULTS } from '@parley/signaling/protocol';
import { startTestApp, type TestApp } from '../testing/app.ts';
import { joined } from '../testing/joined.ts';

let house: TestApp;
beforeEach(async () => {
  house = await startTestApp({ limits: { resumeMs: 0 } });
});
afterEach(() => house.close());

const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const weather = { name: 'get_weather', description: 'Tells the weather of a city.', parameters };

test('tools that a page offers reach its session, and what it leaves out has defaults', async () => {
  const { caller, session, callerId } = await joined(house);
  await caller.ask('offer-tools', { tools: [weather, { ...weather, name: 'slow', timeoutMs: 60_000, filler: 'Hm.' }] });
  expect(await session.told.next(({ what }) => what === 'tools')).toEqual({
    what: 'tools',
    callerId,
    tools: [
      { ...weather, ...TOOL_DEFAULTS },
      { ...weather, name: 'slow', timeoutMs: 60_000, cancelOnInterrupt: false, filler: 'Hm.' },
    ],
  });
});

test.each(['leaves', 'breaks off'] as const)('a caller who never spoke and %s takes the tools along', async (how) => {
  const { caller, session, callerId } = await joined(house);
  await caller.ask('offer-tools', { tools: [weather] });
  await session.told.next(({ what }) => what === 'tools');
  if (how === 'leaves') await caller.ask('leave', {});
  else caller.close();
  expect(await session.told.next(({ what }) => what === 'left')).toEqual({ what: 'left', callerId });
});

test('a call goes to the page concerned alone, and its result back; everybody sees that something is done', async () => {
  const { caller, session, callerId } = await joined(house);
  const other = await house.client();
  await other.ask('join', { room: 'lobby' });
  const activity = { turn: 1, call: 'c1', name: 'get_weather', origin: 'client', status: 'running' } as const;
  session.emit({ type: 'tool', ...activity });
  session.emit({ type: 'client-tool-call', callerId, call: 'c1', name: 'get_weather', args: '{"city":"Riga"}' });
  session.emit({ type: 'client-tool-cancelled', callerId, call: 'c1' });
  session.emit({ type: 'tool', ...activity, status: 'cancelled', ms: 80 });
  expect(await caller.notice('tool-call')).toEqual({ call: 'c1', name: 'get_weather', args: '{"city":"Riga"}' });
  expect(await caller.notice('tool-cancelled')).toEqual({ call: 'c1' });
  expect(await other.notice('tool')).toEqual(activity);
  expect(await other.notice('tool')).toEqual({ ...activity, status: 'cancelled', ms: 80 });
  expect(other.notices.waiting.map(({ name }) => name)).toEqual([]);
  await caller.ask('tool-result', { call: 'c1', result: 'rain' });
  await caller.ask('tool-result', { call: 'c2', error: 'no such city' });
  const told = async () => (await session.told.next(({ what }) => what === 'tool-result')) as { result: unknown };
  expect(await told()).toEqual({ what: 'tool-result', callerId, result: { call: 'c1', result: 'rain' } });
  expect(await told()).toMatchObject({ result: { call: 'c2', error: 'no such city' } });
});

const nested = (depth: number): unknown => (depth === 0 ? {} : { deeper: nested(depth - 1) });
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...weather, name: `tool_${i}` }));

test.each([
  ['without a name that models take', [{ ...weather, name: 'get weather' }]],
  ['without a description', [{ ...weather, description: ' ' }]],
  ['whose arguments are no object', [{ ...weather, parameters: { type: 'string' } }]],
  ['of the same name', [weather, weather]],
  ['that are too many', many(MAX_TOOLS + 1)],
  ['that are too long together', many(MAX_TOOLS).map((tool) => ({ ...tool, description: '长'.repeat(400) }))],
  ['that nest too deeply', [{ ...weather, parameters: { type: 'object', properties: nested(30) } }]],
])('tools %s are refused, and those before stay', async (_, tools) => {
  const { caller, session } = await joined(house);
  await caller.ask('offer-tools', { tools: [weather] });
  const ack = await caller.raw('offer-tools', { tools });
  expect(ack).toMatchObject({ ok: false, error: { code: 'bad-message' } });
  expect(session.told.waiting.filter(({ what }) => what === 'tools')).toHaveLength(1);
});

test('tools nested without end are refused, not fatal', async () => {
  const { caller } = await joined(house);
  const deep = `${'['.repeat(9000)}${']'.repeat(9000)}`;
  const tool = `{"name":"deep","description":"Is deep.","parameters":{"type":"object","deep":${deep}}}`;
  caller.socket.io.engine.write(`2["offer-tools",{"tools":[${tool}]}]`);
  expect((await caller.raw('mute', { muted: true })).ok).toBe(true);
});

test('a result that is too long, or none, is refused', async () => {
  const { caller } = await joined(house);
  for (const message of [{ call: 'c1', result: 'x'.repeat(MAX_RESULT_BYTES) }, { call: 'c1' }, { result: 'rain' }]) {
    expect(await caller.raw('tool-result', message)).toMatchObject({ ok: false, error: { code: 'bad-message' } });
  }
});
