import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PROTOCOL_VERSION } from '../protocol/index.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { Refusal, ScriptedServer, Silence } from '../testing/scripted-server.ts';
import { Channel, type ChannelOptions } from './channel.ts';

let server: ScriptedServer;
const log: unknown[] = [];
const open: Channel[] = [];

async function connect(options: ChannelOptions = {}, signal = new AbortController().signal): Promise<Channel> {
  const handlers = {
    notice: (name: string, notice: unknown) => log.push([name, notice]),
    badNotice: (name: string) => log.push(['bad', name]),
    drop: (error: Error) => log.push(['drop', error]),
  };
  const channel = await Channel.open({ url: server.url, ...options }, handlers, signal);
  open.push(channel);
  return channel;
}

/** Waits until notices and disconnections sent so far have arrived. */
const arrived = () => new Promise((resolve) => setTimeout(resolve, 60));

beforeEach(async () => {
  log.length = 0;
  server = await ScriptedServer.start();
});
afterEach(async () => {
  for (const channel of open.splice(0)) channel.close();
  await server.stop();
});

describe('a request', () => {
  test('reaches the server and brings back the data of its ack', async () => {
    const channel = await connect();
    const { room } = await channel.request('join', { room: 'tea', language: 'en' });
    expect(room).toBe('tea');
    expect(server.received).toEqual([{ name: 'join', message: { room: 'tea', language: 'en' } }]);
  });

  test('that is refused fails with the code of the refusal', async () => {
    server.script = { join: () => new Refusal('room-full') };
    await expect((await connect()).request('join', {})).rejects.toMatchObject({ code: 'room-full', retryable: false });
  });

  test('that nobody answers fails when its time is over, not before', async () => {
    const clock = new ManualClock();
    server.script = { text: () => new Silence() };
    const channel = await connect({ clock, timeoutMs: 500 });
    const asked = channel.request('text', { text: 'hello' });
    let failed = false;
    asked.catch(() => (failed = true));
    clock.advance(499);
    await arrived();
    expect(failed).toBe(false);
    clock.advance(1);
    await expect(asked).rejects.toMatchObject({ code: 'timeout', retryable: true });
  });

  test('leaves no timer behind once it is answered', async () => {
    const clock = new ManualClock();
    const channel = await connect({ clock });
    await channel.request('playing', {});
    expect(clock.pending).toBe(0);
  });

  test('whose answer does not fit the protocol fails with bad-answer', async () => {
    server.script = { join: () => ({ room: 7 }) as never };
    await expect((await connect()).request('join', {})).rejects.toMatchObject({ code: 'bad-answer' });
  });

  test('that waits when the connection breaks fails with disconnected', async () => {
    server.script = { join: () => new Silence() };
    const asked = (await connect()).request('join', {});
    await server.until('join');
    server.drop();
    await expect(asked).rejects.toMatchObject({ code: 'disconnected', retryable: true });
  });

  test('that waits when the channel is closed fails with closed', async () => {
    server.script = { join: () => new Silence() };
    const channel = await connect();
    const asked = channel.request('join', {});
    channel.close();
    await expect(asked).rejects.toMatchObject({ code: 'closed' });
    await expect(channel.request('leave', {})).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('a notice', () => {
  test('is handed on as parsed', async () => {
    await connect();
    server.notify('agent-state', { state: 'thinking' });
    await arrived();
    expect(log).toEqual([['agent-state', { state: 'thinking' }]]);
  });

  test('that does not fit the protocol is reported and dropped, and the next one gets through', async () => {
    await connect();
    server.notifyRaw('agent-state', { state: 7 });
    server.notify('agent-state', { state: 'idle' });
    await arrived();
    expect(log).toEqual([
      ['bad', 'agent-state'],
      ['agent-state', { state: 'idle' }],
    ]);
  });

  test('of an unknown name is left to newer clients', async () => {
    await connect();
    server.notifyRaw('weather', { sunny: true });
    await arrived();
    expect(log).toEqual([]);
  });
});

describe('the connection', () => {
  test('carries the protocol version', async () => {
    await connect();
    expect(server.handshake).toEqual({ protocol: PROTOCOL_VERSION });
  });

  test('that the server refuses fails with the refusal', async () => {
    server.refuse({ code: 'protocol-version', message: 'Speak version 2' });
    await expect(connect()).rejects.toMatchObject({ code: 'protocol-version', message: 'Speak version 2' });
  });

  test('to nobody fails with unreachable', async () => {
    await expect(connect({ url: 'http://127.0.0.1:9' })).rejects.toMatchObject({
      code: 'unreachable',
      retryable: true,
    });
  });

  test('that is given up while it is made fails with closed', async () => {
    const giveUp = new AbortController();
    const opening = connect({}, giveUp.signal);
    giveUp.abort();
    await expect(opening).rejects.toMatchObject({ code: 'closed' });
  });

  test('that breaks is told once; one that is closed is not', async () => {
    await connect();
    server.drop();
    await arrived();
    expect(log).toEqual([['drop', expect.objectContaining({ code: 'disconnected' })]]);

    log.length = 0;
    const channel = await connect();
    channel.close();
    channel.close();
    await arrived();
    expect(log).toEqual([]);
  });
});
