// What seldom happens, told by a host that is a double.
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LineNews } from '@parley/agent';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../testing/app.ts';
import type { FakeHost, Told } from '../testing/fake-host.ts';
import type { ServerEvent } from './protocol.ts';
import { base64Of, speech24k } from './testing/house.ts';
import { Recorded } from './testing/recorded.ts';

let house: TestApp;
let host: FakeHost;
beforeAll(async () => {
  house = await startTestApp();
  host = await house.hosts.next();
});
afterAll(() => house.close());

async function connect(session: object = {}) {
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/v1/realtime`);
  const got = new Recorded();
  socket.on('message', (data) => got.put(JSON.parse(String(data)) as ServerEvent));
  await once(socket, 'open');
  const send = (event: object): void => socket.send(JSON.stringify(event));
  send({ type: 'session.update', session });
  send({ type: 'input_audio_buffer.clear' });
  const agent = await host.sessions.next();
  const told = <What extends Told['what']>(what: What) =>
    agent.told.next<Extract<Told, { what: What }>>((each) => each.what === what);
  const { callerId } = await told('joined');
  const { tell } = await told('line');
  const say = (): void => tell({ kind: 'voice', samples: new Int16Array(480) });
  const news = (...all: LineNews[]): void => all.forEach(tell);
  return { socket, got, send, agent, told, callerId, news, say };
}

const write = (text: string) => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

describe('responses', () => {
  test('that fail say so', async () => {
    const { socket, got, news, say } = await connect();
    news({ kind: 'reply-began', turn: 1, reply: 1 });
    say();
    news({ kind: 'reply-over', reply: 1, status: 'failed', text: '' });
    const { response } = await got.until('response.done');
    expect(response).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { code: 'engine_failed' } },
      output: [{ status: 'incomplete' }],
    });
    socket.close();
  });

  test('that nobody has heard have no items', async () => {
    const { socket, got, news } = await connect();
    news({ kind: 'reply-began', turn: 1, reply: 1 }, { kind: 'reply-over', reply: 1, status: 'cut', text: '' });
    expect((await got.until('response.done')).response).toMatchObject({ status: 'cancelled', output: [] });
    expect(got.of('output_audio_buffer.cleared')).toEqual([]);
    socket.close();
  });

  test('that are taken back before they have begun say so, and the next one is as it was asked for', async () => {
    const { socket, got, send, told, news } = await connect();
    send({ type: 'response.create', response: { metadata: { nth: 'one' }, output_modalities: ['text'] } });
    send({ type: 'response.cancel' });
    send({ type: 'response.create', response: { metadata: { nth: 'two' } } });
    await told('ask');
    await told('interrupt');
    await told('ask');
    news(
      { kind: 'reply-began', turn: 1, reply: 1, written: true },
      { kind: 'reply-over', reply: 1, status: 'cut', text: '' },
      { kind: 'reply-began', turn: 2, reply: 2 },
      { kind: 'turn-opened', turn: 3, msAgo: 0 },
      { kind: 'reply-over', reply: 2, status: 'cut', text: '' },
    );
    await got.until('response.done', 2);
    expect(got.of('response.done').map(({ response }) => response)).toMatchObject([
      { status_details: { reason: 'client_cancelled' }, metadata: { nth: 'one' }, output_modalities: ['text'] },
      { status_details: { reason: 'turn_detected' }, metadata: { nth: 'two' }, output_modalities: ['audio'] },
    ]);
    socket.close();
  });

  test('that are written are cut by whoever takes the floor; only one of them is written, where only one was asked for', async () => {
    const { socket, got, send, told, news } = await connect();
    send({ type: 'response.create', response: { output_modalities: ['text'] } });
    const writes = async (): Promise<boolean> => {
      for (;;) {
        const { order } = await told('line-order');
        if (order.do === 'write') return order.on;
      }
    };
    expect(await writes()).toBe(true);
    await told('ask');
    news(
      { kind: 'reply-began', turn: 1, reply: 1, written: true },
      { kind: 'wrote', reply: 1, text: 'I was' },
      { kind: 'turn-opened', turn: 2, msAgo: 0 },
      { kind: 'reply-over', reply: 1, status: 'cut', text: 'I was' },
    );
    expect((await got.until('response.done')).response).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
      output: [{ status: 'incomplete', content: [{ type: 'output_text', text: 'I was' }] }],
    });
    expect(got.of('output_audio_buffer.cleared')).toEqual([]);
    expect(await writes()).toBe(false);
    socket.close();
  });

  test('call several functions at once, and go on with what came of each', async () => {
    const { socket, got, send, agent, told, callerId, news, say } = await connect();
    news({ kind: 'reply-began', turn: 1, reply: 1 }, { kind: 'tools-called', reply: 1, announced: false });
    for (const call of ['c1', 'c2']) {
      agent.emit({ type: 'client-tool-call', callerId, call, name: `do_${call}`, args: '{}' });
    }
    const { response } = await got.until('response.done');
    const calls = response.output?.map((item) => (item.type === 'function_call' ? item.call_id : undefined));
    expect(calls).toHaveLength(2);
    // It speaks on before the client is done: that waits.
    say();
    send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: calls?.[0], output: 'one' },
    });
    send({ type: 'response.create' });
    expect((await told('tool-result')).result).toEqual({ call: 'c1', result: 'one' });
    expect((await told('tool-result')).result).toEqual({ call: 'c2', error: 'it gave no output' });
    const { response_id } = await got.until('response.output_audio.delta');
    expect(response_id).toBe(got.of('response.created')[1]?.response.id);
    socket.close();
  });

  test('that are gone leave what their functions gave to the next one', async () => {
    const { socket, got, send, agent, told, callerId, news } = await connect();
    news({ kind: 'reply-began', turn: 1, reply: 1 }, { kind: 'tools-called', reply: 1, announced: false });
    agent.emit({ type: 'client-tool-call', callerId, call: 'c1', name: 'look', args: '{}' });
    const { call_id } = await got.until('response.function_call_arguments.done');
    await got.until('response.done');
    news({ kind: 'reply-over', reply: 1, status: 'cut', text: '' });
    send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id, output: 'late' } });
    expect((await told('tool-result')).result).toEqual({ call: 'c1', result: 'late' });
    send({ type: 'response.create' });
    await told('ask');
    socket.close();
  });

  test('answer what was written before, in one turn', async () => {
    const { socket, send, told } = await connect();
    send(write('one'));
    send(write('two'));
    send({ type: 'response.create' });
    expect((await told('text')).text).toBe('one\ntwo');
    socket.close();
  });
});

describe('what is said', () => {
  test('but not recognised is told as such, and responses do not wait for it', async () => {
    const { socket, got, send, told, news } = await connect({ audio: { input: { turn_detection: null } } });
    send({ type: 'input_audio_buffer.append', audio: base64Of(speech24k(1)) });
    send({ type: 'input_audio_buffer.commit' });
    send({ type: 'response.create' });
    const { order } = await told('line-order');
    const { order: recognise } = order.do === 'recognise' ? { order } : await told('line-order');
    if (recognise.do !== 'recognise') throw new TypeError(recognise.do);
    news({ kind: 'unrecognised', job: recognise.job, message: 'no engine' });
    const failed = await got.until('conversation.item.input_audio_transcription.failed');
    expect(failed.error).toMatchObject({ code: 'transcription_failed', message: 'no engine' });
    await told('ask');
    socket.close();
  });

  test('and was nothing is not committed', async () => {
    const { socket, got, news } = await connect();
    news(
      { kind: 'turn-opened', turn: 1, msAgo: 20, atMs: 100 },
      { kind: 'turn-dropped', turn: 1, msAgo: 0, atMs: 300 },
    );
    expect((await got.until('input_audio_buffer.speech_started')).audio_start_ms).toBe(100);
    expect((await got.until('input_audio_buffer.speech_stopped')).audio_end_ms).toBe(300);
    expect(got.of('input_audio_buffer.committed')).toEqual([]);
    socket.close();
  });
});
