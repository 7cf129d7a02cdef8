import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { WebhookSettings } from '../contracts/index.ts';
import { systemClock } from '../kernel/index.ts';
import { until } from '../testing/streams.ts';
import { loadTools, ToolBox, type ToolOutcome } from './index.ts';

interface Asked {
  readonly method?: string;
  readonly path?: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (response: ServerResponse, asked: Asked) => void;

const KEY = 'sk-very-secret-1234';
const never = new AbortController().signal;
let server: Server;
let answer: Answer;
let asked: Asked[];
let hungUp: number;

beforeEach(async () => {
  asked = [];
  hungUp = 0;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { method, url: path, headers } = request;
    asked.push({ method, path, headers, body });
    response.on('close', () => (hungUp += response.writableFinished ? 0 : 1));
    answer(response, asked.at(-1) as Asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const json = (value: unknown): Answer => {
  return (response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
};

async function make(more: Partial<WebhookSettings> = {}) {
  const settings: WebhookSettings = {
    name: 'weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', properties: {} },
    url: `${origin()}/weather`,
    method: 'POST',
    headers: { 'x-api-key': KEY },
    timeoutMs: 10_000,
    cancelOnInterrupt: false,
    ...more,
  };
  const logged: string[] = [];
  const log = (level: string, message: string): void => void logged.push(`${level}: ${message}`);
  const source = await loadTools({ webhooks: [settings], mcpServers: {} }, { log });
  const box = new ToolBox({ sources: [source], clock: systemClock, log });
  const call = (args: object = {}, signal = never): Promise<ToolOutcome> =>
    box.run({ id: '1', name: 'weather', args: JSON.stringify(args) }, { signal, session: 'room/1' });
  return { box, logged, call };
}

const failed = (error: string) => ({ status: 'failed', content: JSON.stringify({ error }) });

describe('a webhook', () => {
  test('posts the arguments as JSON and says who asks', async () => {
    answer = json({ sky: 'clear' });
    const { call } = await make();
    expect(await call({ city: 'Oslo' })).toEqual({ status: 'done', content: '{"sky":"clear"}' });
    expect(asked[0]).toMatchObject({
      method: 'POST',
      path: '/weather',
      body: '{"city":"Oslo"}',
      headers: {
        'content-type': 'application/json',
        'x-api-key': KEY,
        'x-parley-session': 'room%2F1',
        'x-parley-tool': 'weather',
      },
    });
  });

  test('with GET puts them into the query, beside what is there', async () => {
    answer = json(1);
    const { call } = await make({ method: 'GET', url: `${origin()}/weather?units=c` });
    await call({ city: 'São Paulo', days: [1, 2], at: { x: 1 }, left: null });
    const { searchParams } = new URL(asked[0]?.path ?? '', origin());
    expect([...searchParams]).toEqual([
      ['units', 'c'],
      ['city', 'São Paulo'],
      ['days', '1'],
      ['days', '2'],
      ['at', '{"x":1}'],
    ]);
    expect(asked[0]).toMatchObject({ method: 'GET', body: '' });
  });

  test('reads text in the charset that it is in', async () => {
    answer = (response) => response.setHeader('content-type', 'text/plain; charset=latin1').end(Buffer.from([0xe9]));
    expect(await (await make()).call()).toEqual({ status: 'done', content: 'é' });
  });

  test('says that it is done where the service says nothing', async () => {
    answer = (response) => response.writeHead(204).end();
    expect(await (await make()).call()).toEqual({ status: 'done', content: 'done (204, without a result)' });
  });

  test('takes a login from the address, which no message repeats', async () => {
    answer = json(1);
    const { call } = await make({ url: `${origin().replace('//', '//ann:p%40ss@')}/weather` });
    expect((await call()).status).toBe('done');
    expect(asked[0]?.headers.authorization).toBe(`Basic ${btoa('ann:p@ss')}`);
  });
});

describe('a service in trouble', () => {
  test('is an error with its status and the beginning of what it says', async () => {
    answer = (response) => response.writeHead(500).end(`out of\norder ${'x'.repeat(100_000)}`);
    const { content, status } = await (await make()).call();
    expect(status).toBe('failed');
    expect(content).toMatch(/^\{"error":"the service answered 500: out of order x+/);
    expect(content.length).toBeLessThan(700);
  });

  test('that repeats the key does not tell it to the model, nor to the log', async () => {
    answer = (response) => response.writeHead(401).end(`bad key ${KEY}`);
    const { call, logged } = await make({ headers: { authorization: `Bearer ${KEY}` } });
    expect(await call()).toEqual(failed('the service answered 401: bad key [hidden]'));
    expect(logged.join()).toContain('the service answered 401');
    expect(logged.join()).not.toContain('bad key');
  });

  test('that is not there is an error without its address', async () => {
    const { call } = await make({ url: 'http://127.0.0.1:1/?key=secret' });
    expect((await call()).content).toMatch(/^\{"error":"the service cannot be reached, or broke off( \(E\w+\))?"\}$/);
  });

  test('that breaks off in the middle is no result', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    expect((await (await make()).call()).content).toContain('broke off');
  });

  test('that sends a picture is an error', async () => {
    answer = (response) => response.setHeader('content-type', 'image/png').end('PNG');
    expect(await (await make()).call()).toEqual(failed('the service answered with something that is not text'));
  });

  test('that never ends is read as far as can be used, and then left', async () => {
    answer = (response) => {
      response.setHeader('content-type', 'text/plain');
      const more = (): void => {
        while (!response.destroyed && response.write('words '.repeat(1000)));
      };
      response.on('drain', more);
      more();
    };
    const { content, status } = await (await make()).call();
    expect(status).toBe('done');
    expect(content).toMatch(/\[cut here: only the first 16000 characters are shown\]$/);
    await until(() => hungUp === 1);
  });
});

describe('a slow service', () => {
  const stalls: [string, Answer][] = [
    ['does not answer', () => {}],
    ['stalls in the middle', (response) => void response.setHeader('content-type', 'text/plain').write('half')],
  ];

  test.each(stalls)('that %s is left when the call is cancelled, within a few ms', async (_, stall) => {
    answer = stall;
    const { call } = await make();
    const stop = new AbortController();
    const outcome = call({}, stop.signal);
    await until(() => asked.length === 1);
    const at = performance.now();
    stop.abort(new Error('barge-in'));
    expect((await outcome).status).toBe('cancelled');
    expect(performance.now() - at).toBeLessThan(100);
    await until(() => hungUp === 1);
  });

  test.each(stalls)('that %s is an error after the timeout', async (_, stall) => {
    answer = stall;
    expect(await (await make({ timeoutMs: 100 })).call()).toEqual(failed('it gave no result in 100 ms'));
    await until(() => hungUp === 1);
  });
});

describe('a redirect', () => {
  const to = (status: number, location: string): Answer => {
    return (response, { path }) =>
      path === '/weather' ? response.writeHead(status, { location }).end() : json('there')(response, asked[0] as Asked);
  };

  test.each([
    [307, 'POST'],
    [308, 'POST'],
    [303, 'GET'],
  ])('with %i within the server is followed with %s', async (status, method) => {
    answer = to(status, '/new');
    expect(await (await make()).call({ a: 1 })).toEqual({ status: 'done', content: '"there"' });
    expect(asked[1]).toMatchObject({ path: '/new', method, body: method === 'POST' ? '{"a":1}' : '' });
  });

  test('of a POST that would lose its arguments is an error', async () => {
    answer = to(302, '/new');
    expect((await (await make()).call()).content).toContain('would lose its arguments');
  });

  test('of a GET is followed', async () => {
    answer = to(302, '/new');
    expect(await (await make({ method: 'GET' })).call()).toMatchObject({ status: 'done' });
  });

  test('to another server is an error: keys stay where they belong', async () => {
    answer = to(307, 'http://localhost:9/steal');
    expect(await (await make()).call()).toEqual(failed('the service redirects (307) to another server'));
  });

  test('without end is an error', async () => {
    answer = to(307, '/weather');
    expect(await (await make()).call()).toEqual(failed('the service redirects without end'));
    expect(asked).toHaveLength(4);
  });
});

test('a webhook with a header that cannot be sent is left out, and the log does not quote it', async () => {
  const { box, logged } = await make({ headers: { 'x-api-key': `${KEY}\n`, 'x-other': `${KEY}\n${KEY}` } });
  expect(box.specs()).toEqual([]);
  expect(logged).toEqual([expect.stringContaining('error: the webhook "weather" is left out: "x-other" is no header')]);
  expect(logged.join()).not.toContain(KEY);
});
