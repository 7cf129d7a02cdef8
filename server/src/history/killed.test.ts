import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { TestClient } from '../testing/client.ts';
import { onBothDatabases, type Place, type Places } from './testing/databases.ts';

/** Each starts whole processes, and makes a database. */
jest.setTimeout(180_000);

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
}

/** The product as a user starts it, with the lite engines. */
async function start({ folder, databaseUrl }: Place): Promise<Server> {
  const { OPENAI_API_KEY, DATABASE_URL, NODE_OPTIONS, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN], {
    cwd: folder,
    env: {
      ...env,
      PORT: '0',
      PARLEY_MEDIA_PORT: '0',
      PARLEY_MEDIA_WORKERS: '1',
      PARLEY_DATA: folder,
      PARLEY_LIMITS_REQUESTS_PER_MINUTE: '100000',
      PARLEY_AGENT_GREETING: '',
      ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! });
  for await (const line of lines) {
    const said = JSON.parse(line) as { msg: string; url: string };
    if (said.msg !== 'ready') continue;
    child.stdout?.resume();
    return { child, url: said.url };
  }
  throw new Error('the server ended before it was ready');
}

async function end({ child }: Server, signal: 'SIGKILL' | 'SIGINT'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of answers, looked into at will
type Json = Record<string, any>;

/** Waits for the database, which may be in the making. */
async function ask(server: Server, path: string, fits: (body: Json) => boolean): Promise<Json> {
  for (;;) {
    const answer = await fetch(new URL(path, server.url));
    const body = (await answer.json()) as Json;
    if (answer.ok && fits(body)) return body;
    if (answer.status !== 503 && !answer.ok) throw new Error(`${path}: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

onBothDatabases('a server that is killed in mid-call', (open) => {
  let places: Places;
  let servers: Server[] = [];
  beforeAll(async () => {
    places = await open();
  });
  afterEach(async () => {
    for (const server of servers) await end(server, 'SIGKILL');
    servers = [];
  });
  afterAll(() => places.close());

  const begin = async (place: Place): Promise<Server> => {
    const server = await start(place);
    servers.push(server);
    return server;
  };

  test('has kept every turn up to the last completed one, and says afterwards how the call ended', async () => {
    const place = places.fresh();
    const first = await begin(place);
    await ask(first, '/v1/calls', () => true);
    const caller = await TestClient.connect(first.url);
    const { callerId } = await caller.ask('join', { room: 'cut', displayName: 'Ada' });
    const heard = async (turns: number, final: boolean): Promise<string> => {
      for (;;) {
        const reply = await caller.notice('reply-text');
        if (reply.final === final && reply.turn >= turns) return reply.text;
      }
    };
    await caller.ask('text', { text: 'Hello?' });
    const answer = await heard(0, true);
    // Written a moment later, and seen from outside.
    const { calls } = await ask(first, '/v1/calls?room=cut', (body) => body.calls[0]?.turns >= 1);
    const path = `/v1/calls/${calls[0].call}`;
    const before = await ask(first, path, ({ turns }) => turns[0]?.said[1]?.final);
    await caller.ask('text', { text: 'What can you do?' });
    await heard(before.turns[0].turn + 1, false);
    await ask(first, path, ({ turns }) => turns[1]?.said[0]);
    await end(first, 'SIGKILL');
    caller.close();

    const second = await begin(place);
    const after = await ask(second, path, ({ endReason }) => endReason !== undefined);
    expect(after.endReason).toBe('server-died');
    expect(after.turns[0]).toEqual(before.turns[0]);
    expect(after.turns[0].said.map(({ text }: Json) => text)).toEqual(['Hello?', answer]);
    expect(after.turns[1].said[0].text).toBe('What can you do?');
    expect(after.callers).toMatchObject([{ callerId, name: 'Ada' }]);
    await end(second, 'SIGINT');
  });
});
