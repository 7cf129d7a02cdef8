import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { McpServerSettings } from '../contracts/index.ts';
import { systemClock } from '../kernel/index.ts';
import { until } from '../testing/streams.ts';
import { loadTools, ToolBox, type ToolOutcome, type ToolSource } from './index.ts';
import { McpHttpServer } from './testing/mcp-http.ts';

jest.setTimeout(60_000); // real programs on a machine that may be busy

const PROGRAM = fileURLToPath(new URL('./testing/mcp-stdio.ts', import.meta.url));
const KEY = 'sk-very-secret-1234';
const never = new AbortController().signal;
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const limits = { timeoutMs: 10_000, cancelOnInterrupt: false };

const program = (mode = 'plain', more: Partial<McpServerSettings> = {}): McpServerSettings => ({
  command: process.execPath,
  args: [PROGRAM, mode],
  env: { DB_KEY: KEY },
  headers: {},
  ...limits,
  ...more,
});

const remote = (url: string, more: Partial<McpServerSettings> = {}): McpServerSettings => ({
  url,
  args: [],
  env: {},
  headers: { authorization: `Bearer ${KEY}` },
  ...limits,
  ...more,
});

async function make(mcpServers: Record<string, McpServerSettings>) {
  const logged: string[] = [];
  const log = (level: string, message: string): void => void logged.push(`${level}: ${message}`);
  const source: ToolSource = await loadTools({ webhooks: [], mcpServers }, { log });
  opened.push(source);
  const box = new ToolBox({ sources: [source], clock: systemClock, log });
  const call = (name: string, args: object = {}, signal = never): Promise<ToolOutcome> =>
    box.run({ id: '1', name, args: JSON.stringify(args) }, { signal, session: 's1' });
  const names = (): string[] => box.specs().map(({ name }) => name);
  return { source, box, call, names, logged };
}

async function httpServer(port?: number): Promise<McpHttpServer> {
  const server = await McpHttpServer.start(port);
  opened.push(server);
  return server;
}

/** Processes of the scripted server that this one has started. */
function children(): number[] {
  const all = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return all.filter((pid) => pid !== '' && commandOf(pid).includes(PROGRAM)).map(Number);
}

function commandOf(pid: string | number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}/exe`);
const failed = (error: string) => ({ status: 'failed', content: JSON.stringify({ error }) });
const done = (content: string) => ({ status: 'done', content });

describe.each(['stdio', 'http'] as const)('an MCP server over %s', (kind) => {
  const start = async (more: Partial<McpServerSettings> = {}) =>
    make({ demo: kind === 'stdio' ? program('plain', more) : remote((await httpServer()).url, more) });

  test('offers all its tools, of every page', async () => {
    const { names, logged, box } = await start();
    expect(names()).toHaveLength(10);
    expect(box.specs()[0]).toMatchObject({ name: 'add', description: 'Adds.' });
    expect(box.find('weather')).toMatchObject({ origin: 'mcp', source: 'demo', spec: { description: 'The weather' } });
    expect(logged).toEqual([expect.stringMatching(/^info: MCP server "demo": 10 of 10 tools: add, weather, /)]);
  });

  test('answers in text: structured content too, and what is no text is named', async () => {
    const { call } = await start();
    expect(await call('add', { a: 2, b: 3 })).toEqual(done('5'));
    expect(await call('weather')).toEqual(done('{"sky":"clear"}'));
    expect(await call('mixed')).toEqual(
      done(
        'a chart\n[left out: image, image/png]\nthe notes\n[left out: a file, file:///sound.bin]\n' +
          '[a file: report, file:///report.pdf]',
      ),
    );
    expect((await call('big')).content).toMatch(/x\n\[cut here: /);
  });

  test("tells the model its errors: the tool's, and a call that is refused", async () => {
    const { call } = await start();
    expect(await call('fail')).toEqual(failed('the tool reports an error: no such city'));
    expect(await call('refuse')).toEqual(failed('its server refused the call: this is refused'));
    expect((await call('add', { a: 2 })).content).toContain('"b\\": is missing');
  });

  test('hears that a call was cancelled, and the caller does not wait for it', async () => {
    const { call } = await start();
    const stop = new AbortController();
    const outcome = call('stall', {}, stop.signal);
    await call('cancelled');
    const at = performance.now();
    stop.abort(new Error('barge-in'));
    expect((await outcome).status).toBe('cancelled');
    expect(performance.now() - at).toBeLessThan(100);
    for (let heard = '0'; heard === '0'; ) heard = (await call('cancelled')).content;
  });

  test('hears that a call took too long', async () => {
    const { call } = await start({ timeoutMs: 300 });
    expect(await call('stall')).toEqual(failed('it gave no result in 300 ms'));
    expect(await call('cancelled')).toMatchObject({ status: 'done' });
  });

  test('is listed again when its tools change', async () => {
    const { call, names } = await start();
    await call('grow');
    await until(() => names().includes('grown'));
  });

  test('offers only what the settings name, and the log names what is not there', async () => {
    const { names, logged } = await start({ only: ['add', 'fly'] });
    expect(names()).toEqual(['add']);
    expect(logged).toContain('warn: MCP server "demo" has no tool called fly');
  });
});

describe('a program', () => {
  test('gets the environment of its settings and a harmless rest of ours', async () => {
    process.env.OPENAI_API_KEY_OF_TEST = KEY;
    const { call } = await make({ demo: program() });
    const { content } = await call('environment');
    delete process.env.OPENAI_API_KEY_OF_TEST;
    const names = Object.keys(JSON.parse(content));
    expect(names).toEqual(expect.arrayContaining(['PATH', 'DB_KEY']));
    expect(names).not.toContain('OPENAI_API_KEY_OF_TEST');
  });

  test('that is killed in mid-call fails the call at once, and is started again', async () => {
    const { call, names, logged } = await make({ demo: program() });
    const [pid] = children() as [number];
    const outcome = call('stall');
    await call('add', { a: 1, b: 1 });
    process.kill(pid, 'SIGKILL');
    expect(await outcome).toEqual(failed('its server broke off; it is being connected again'));
    expect(await call('add', { a: 1, b: 1 })).toEqual(failed('there is no tool "add" now'));
    await until(() => names().length > 0);
    expect(await call('add', { a: 1, b: 1 })).toEqual(done('2'));
    expect(logged.filter((line) => line.includes('MCP server'))).toEqual([
      expect.stringContaining('info'),
      'warn: MCP server "demo" is gone (it ended): its tools are absent until it is back; trying again',
      expect.stringContaining('info'),
    ]);
  });

  test('that dies at its start is tried again; the log tells once, with its last words but no keys', async () => {
    const { names, logged } = await make({ demo: program('dies') });
    const first = children();
    await until(() => children().some((pid) => !first.includes(pid)));
    expect(names()).toEqual([]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^warn: MCP server "demo" does not come up \(.*no database at \[hidden\]\)/);
  });

  test('that is not there is told by name', async () => {
    const { logged } = await make({ demo: program('plain', { command: '/no/such/program' }) });
    expect(logged).toEqual([expect.stringMatching(/^warn: MCP server "demo" does not come up \(.*ENOENT\)/)]);
  });

  test.each(['plain', 'silent', 'stubborn'])('that is %s has ended when all is closed', async (mode) => {
    const abort = new AbortController();
    const loading = loadTools(
      { webhooks: [], mcpServers: { demo: program(mode) } },
      { log: () => {}, signal: abort.signal },
    );
    await until(() => children().length > 0);
    const [pid] = children() as [number];
    if (mode === 'silent') abort.abort();
    await (await loading).close();
    expect(isAlive(pid)).toBe(false);
  });

  test('that never answers holds the start up for five seconds, no longer', async () => {
    const at = performance.now();
    const { names, logged } = await make({ silent: program('silent'), demo: program() });
    expect(performance.now() - at).toBeGreaterThan(4500);
    expect(performance.now() - at).toBeLessThan(8000);
    expect(names()).toHaveLength(10);
    expect(logged).toEqual([
      expect.stringContaining('"demo": 10 of 10 tools'),
      'warn: MCP server "silent" has not answered in 5000 ms: its tools are absent until it does',
    ]);
  });
});

describe('a server over HTTP', () => {
  test('is sent the headers of the settings, and its session is ended at the close', async () => {
    const server = await httpServer();
    const { source } = await make({ demo: remote(server.url) });
    expect(server.requests.every(({ authorization }) => authorization === `Bearer ${KEY}`)).toBe(true);
    expect(server.sessions).toBe(1);
    await source.close();
    expect(server.sessions).toBe(0);
  });

  test('that was started anew is called in a new session, unnoticed', async () => {
    const server = await httpServer();
    const { call } = await make({ demo: remote(server.url) });
    server.forgetSessions();
    expect(await call('add', { a: 2, b: 2 })).toEqual(done('4'));
  });

  test('that goes away fails its calls at once, and its tools are absent until it is back', async () => {
    const server = await McpHttpServer.start();
    const { port, url } = server;
    const { call, names, logged } = await make({ demo: remote(url) });
    const outcome = call('stall');
    await call('cancelled');
    await server.close();
    expect(await outcome).toEqual(failed('its server broke off; it is being connected again'));
    await until(() => names().length === 0);
    await httpServer(port);
    await until(() => names().length > 0);
    expect(await call('add', { a: 2, b: 2 })).toEqual(done('4'));
    expect(logged.filter((line) => line.startsWith('warn: MCP'))).toHaveLength(1);
  });

  test('that is not there is told, and comes in when it is', async () => {
    const server = await McpHttpServer.start();
    const { port, url } = server;
    await server.close();
    const { names, logged } = await make({ demo: remote(url) });
    expect(logged).toEqual([
      'warn: MCP server "demo" does not come up (ECONNREFUSED): its tools are absent until it is back; trying again',
    ]);
    await httpServer(port);
    await until(() => names().length > 0);
  });
});

test('two servers with tools of the same names offer them all', async () => {
  const { url } = await httpServer();
  const { names, call } = await make({
    one: remote(url, { only: ['add'] }),
    two: remote(url, { only: ['add', 'fail'] }),
  });
  expect(names()).toEqual(['one_add', 'two_add', 'fail']);
  expect(await call('two_add', { a: 1, b: 2 })).toEqual(done('3'));
});
