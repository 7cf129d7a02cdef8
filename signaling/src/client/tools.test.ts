import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_RESULT_BYTES, MAX_TOOLS } from '../protocol/index.ts';
import { FakeAudio, FakeDevice, FakeMedia, installMediaStream } from '../testing/browser-doubles.ts';
import { Refusal, ScriptedServer } from '../testing/scripted-server.ts';
import { Call } from './call.ts';
import { RECONNECT_DEFAULTS } from './reconnect.ts';
import { MAX_RUNNING, type ToolHandler, type ToolSpec } from './tools.ts';

let server: ScriptedServer;
let call: Call;

const weather: ToolSpec = {
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};
const named = (name: string): ToolSpec => ({ ...weather, name });
const never: ToolHandler = () => new Promise(() => {});

/** The names in the offers so far. */
const offers = (): string[][] =>
  server.received
    .filter(({ name }) => name === 'offer-tools')
    .map(({ message }) => (message as { tools: ToolSpec[] }).tools.map(({ name }) => name));
const ask = (id: string, name = 'get_weather', args = '{}'): void =>
  server.notify('tool-call', { call: id, name, args });
const answer = async (times = 1): Promise<unknown> => (await server.until('tool-result', times)).message;
/** Waits until what was sent both ways has arrived. */
const arrived = () => new Promise((resolve) => setTimeout(resolve, 60));

beforeEach(async () => {
  installMediaStream();
  server = await ScriptedServer.start();
  call = new Call({
    url: server.url,
    audio: new FakeAudio().asElement(),
    loadDevice: new FakeDevice().load,
    media: new FakeMedia(),
    reconnect: { ...RECONNECT_DEFAULTS, firstMs: 10, maxMs: 20 },
  });
});
afterEach(async () => {
  call.leave();
  await server.stop();
});

describe('a tool', () => {
  test('registered before the call is offered once the room is entered', async () => {
    call.registerTool(weather, never);
    await call.join();
    await server.until('offer-tools');
    expect(server.received.find(({ name }) => name === 'offer-tools')?.message).toEqual({ tools: [weather] });
  });

  test('that comes or goes during the call is told, and those that come together are told once', async () => {
    await call.join();
    const unregister = call.registerTool(weather, never);
    call.registerTool(named('other'), never);
    await server.until('offer-tools');
    unregister();
    unregister();
    await server.until('offer-tools', 2);
    expect(offers()).toEqual([['get_weather', 'other'], ['other']]);
  });

  test('is offered again to a server that knows the caller no more', async () => {
    server.script = { resume: () => new Refusal('not-resumable') };
    call.registerTool(weather, never);
    await call.join();
    await server.until('offer-tools');
    server.drop();
    await server.until('offer-tools', 2);
    expect(offers()).toEqual([['get_weather'], ['get_weather']]);
    expect(server.asked.lastIndexOf('join')).toBeLessThan(server.asked.lastIndexOf('offer-tools'));
  });

  test('without arguments needs no schema', async () => {
    call.registerTool({ name: 'ping', description: 'Says pong.' }, () => 'pong');
    await call.join();
    const { message } = await server.until('offer-tools');
    expect(message).toMatchObject({ tools: [{ name: 'ping', parameters: { type: 'object', properties: {} } }] });
  });

  test.each([
    ['has a name that models do not take', named('get weather'), /name/],
    ['says nothing of itself', { ...weather, description: '' }, /description/],
    ['has arguments that are no object', { ...weather, parameters: { type: 'string' } }, /parameters: a JSON Schema/],
    ['is too long', { ...weather, parameters: { type: 'object', x: 'x'.repeat(20_000) } }, /too/],
    ['has the name of another', named('taken'), /same name/],
  ])('that %s is refused on the spot', (_, spec, why) => {
    call.registerTool(named('taken'), never);
    expect(() => call.registerTool(spec, never)).toThrow(TypeError);
    expect(() => call.registerTool(spec, never)).toThrow(why);
  });

  test('more than a model can use are refused', () => {
    for (let i = 0; i < MAX_TOOLS; i++) call.registerTool(named(`tool_${i}`), never);
    expect(() => call.registerTool(weather, never)).toThrow(TypeError);
  });

  test('that the server does not take is a problem, not the end', async () => {
    const problems: unknown[] = [];
    call.on('problem', (problem) => problems.push(problem));
    server.script = { 'offer-tools': () => new Refusal('bad-message') };
    call.registerTool(weather, never);
    await call.join();
    await arrived();
    expect(problems).toEqual([expect.objectContaining({ code: 'request-failed' })]);
    expect(call.state.kind).toBe('in-call');
  });
});

describe('a call of a tool', () => {
  const results: [string, ToolHandler, object][] = [
    ['text', () => 'rain', { result: 'rain' }],
    ['JSON', async () => ({ degrees: 7 }), { result: '{"degrees":7}' }],
    ['nothing', () => {}, { result: 'done' }],
    ['null', () => null, { result: 'null' }],
    [
      'an error',
      () => {
        throw new Error('no such city');
      },
      { error: 'no such city' },
    ],
    ['what is no JSON', () => 1n, { error: expect.stringContaining('BigInt') }],
    ['too much', () => 'x'.repeat(MAX_RESULT_BYTES), { error: 'The result is too long' }],
  ];
  test.each(results)('that brings %s is answered', async (_, handler, expected) => {
    call.registerTool(weather, handler);
    await call.join();
    ask('c1');
    expect(await answer()).toEqual({ call: 'c1', ...expected });
  });

  test('gives the handler its arguments', async () => {
    call.registerTool(weather, ({ city }) => `rain in ${city}`);
    await call.join();
    ask('c1', 'get_weather', '{"city":"Riga"}');
    expect(await answer()).toEqual({ call: 'c1', result: 'rain in Riga' });
  });

  test('of a tool that is not there, or with arguments that are no JSON, is answered with an error', async () => {
    call.registerTool(weather, () => 'rain');
    await call.join();
    ask('c1', 'get_time');
    expect(await answer(1)).toEqual({ call: 'c1', error: expect.stringContaining('no such tool') });
    ask('c2', 'get_weather', '{"city":');
    expect(await answer(2)).toEqual({ call: 'c2', error: expect.stringMatching(/JSON/) });
  });

  test('that is cancelled aborts the signal, and says nothing more', async () => {
    let signal: AbortSignal | undefined;
    let resolve: (value: string) => void = () => {};
    call.registerTool(weather, (_, context) => {
      signal = context.signal;
      return new Promise<string>((done) => {
        resolve = done;
      });
    });
    await call.join();
    ask('c1');
    server.notify('tool-cancelled', { call: 'c0' });
    server.notify('tool-cancelled', { call: 'c1' });
    await arrived();
    expect(signal?.aborted).toBe(true);
    resolve('too late');
    await arrived();
    expect(server.asked).not.toContain('tool-result');
  });

  test('is cancelled when the caller has lost the place in the room, and when the call ends', async () => {
    server.script = { resume: () => new Refusal('not-resumable') };
    const signals: AbortSignal[] = [];
    call.registerTool(weather, (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    await call.join();
    ask('c1');
    await arrived();
    server.drop();
    await server.until('offer-tools', 2);
    ask('c2');
    await arrived();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    call.leave();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test('too many at once are answered with an error, and a place that is free again is used', async () => {
    const waiting: ((value: string) => void)[] = [];
    call.registerTool(weather, () => new Promise((resolve) => waiting.push(resolve)));
    await call.join();
    for (let i = 0; i <= MAX_RUNNING; i++) ask(`c${i}`);
    expect(await answer(1)).toEqual({ call: `c${MAX_RUNNING}`, error: expect.stringContaining('Too many') });
    waiting[0]!('rain');
    expect(await answer(2)).toEqual({ call: 'c0', result: 'rain' });
    ask('again');
    await arrived();
    waiting.at(-1)!('sun');
    expect(await answer(3)).toEqual({ call: 'again', result: 'sun' });
  });
});
