import { describe, expect, test } from '@jest/globals';
import type { ClientTool } from '../contracts/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ClientTools, ToolBox, type ToolOutcome } from './index.ts';

const never = new AbortController().signal;
const tool = (name: string, more: Partial<ClientTool> = {}): ClientTool => ({
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: {} },
  timeoutMs: 5000,
  cancelOnInterrupt: true,
  ...more,
});

function make() {
  const clock = new ManualClock();
  const told: object[] = [];
  const tools = new ClientTools({
    call: (event) => told.push(event),
    cancelled: (event) => told.push({ cancelled: event }),
  });
  const box = new ToolBox({ sources: [tools], clock });
  const call = (name: string, signal = never, args = '{}'): Promise<ToolOutcome> =>
    box.run({ id: 'any', name, args }, { signal, session: 's1' });
  return { clock, told, tools, box, call };
}

describe("a tool of a caller's page", () => {
  test('is called there, and its result is the answer', async () => {
    const { tools, told, call } = make();
    tools.offer('ann', [tool('show', { filler: 'One moment.' })]);
    expect(tools.tools[0]).toMatchObject({ origin: 'client', cancelOnInterrupt: true, filler: 'One moment.' });
    const outcome = call('show', never, '{"page":2}');
    expect(told).toEqual([{ callerId: 'ann', call: 'c1', name: 'show', args: '{"page":2}' }]);
    tools.result('ann', { call: 'c1', result: 'shown' });
    expect(await outcome).toEqual({ status: 'done', content: 'shown' });
  });

  test("fails with the page's error", async () => {
    const { tools, call } = make();
    tools.offer('ann', [tool('show')]);
    const outcome = call('show');
    tools.result('ann', { call: 'c1', error: 'no such page' });
    expect((await outcome).content).toBe('{"error":"the caller\'s page reports an error: no such page"}');
  });

  test('fails at once when the caller leaves, and is no longer offered', async () => {
    const { tools, call, box, told } = make();
    tools.offer('ann', [tool('show')]);
    const outcome = call('show');
    tools.callerLeft('ann');
    expect(await outcome).toEqual({ status: 'failed', content: '{"error":"the caller\'s page is gone"}' });
    expect(box.specs()).toEqual([]);
    expect(told).toHaveLength(1);
  });

  test.each(['time', 'signal'] as const)('that is ended by its %s is cancelled at the page', async (by) => {
    const { tools, call, told, clock } = make();
    const stop = new AbortController();
    tools.offer('ann', [tool('show')]);
    const outcome = call('show', stop.signal);
    if (by === 'time') await clock.advance(5000);
    else stop.abort();
    expect((await outcome).status).toBe(by === 'time' ? 'failed' : 'cancelled');
    expect(told[1]).toEqual({ cancelled: { callerId: 'ann', call: 'c1' } });
    tools.result('ann', { call: 'c1', result: 'too late' });
  });

  test('takes a result only from the page that was asked, and only once', async () => {
    const { tools, call } = make();
    tools.offer('ann', [tool('show')]);
    const outcome = call('show');
    tools.result('bob', { call: 'c1', result: 'forged' });
    tools.result('ann', { call: 'c9', result: 'unknown' });
    tools.result('ann', { call: 'c1', result: 'true' });
    tools.result('ann', { call: 'c1', result: 'again' });
    expect((await outcome).content).toBe('true');
  });

  test('has its result cut where it is too long', async () => {
    const { tools, call } = make();
    tools.offer('ann', [tool('show')]);
    const outcome = call('show');
    tools.result('ann', { call: 'c1', result: 'x'.repeat(100_000) });
    expect((await outcome).content.slice(15_998)).toMatch(/^xx\n\[cut here: /);
  });
});

describe('offers', () => {
  const calledAt = (told: object[]) => told.map((event) => (event as { callerId: string }).callerId);

  test('replace what the same caller offered before; calls under way go on', async () => {
    const { tools, call, box } = make();
    tools.offer('ann', [tool('show')]);
    const outcome = call('show');
    tools.offer('ann', [tool('hide')]);
    expect(box.specs().map(({ name }) => name)).toEqual(['hide']);
    tools.result('ann', { call: 'c1', result: 'shown' });
    expect(await outcome).toMatchObject({ status: 'done' });
  });

  test('of the same name: the last one serves, and the first again when that caller leaves', () => {
    const { tools, call, told, box } = make();
    tools.offer('ann', [tool('show')]);
    tools.offer('bob', [tool('show')]);
    expect(box.specs()).toHaveLength(1);
    void call('show');
    tools.offer('ann', [tool('show')]);
    void call('show');
    tools.callerLeft('ann');
    void call('show');
    expect(calledAt(told)).toEqual(['bob', 'ann', 'bob']);
  });

  test('of more than 64 tools are cut', () => {
    const { tools } = make();
    tools.offer(
      'ann',
      Array.from({ length: 70 }, (_, i) => tool(`t${i}`)),
    );
    expect(tools.tools).toHaveLength(64);
  });
});

test("a page's tool does not take the place of the server's own", () => {
  const { tools } = make();
  const own = { ...tool('pay'), spec: tool('pay'), origin: 'webhook' as const, run: async () => 'paid' };
  const box = new ToolBox({ sources: [{ tools: [own] }, tools], clock: new ManualClock() });
  tools.offer('ann', [tool('pay')]);
  expect(box.find('pay')?.origin).toBe('webhook');
  expect(box.find('client_pay')?.origin).toBe('client');
});
