// Servers of the app that control a running call: the `openai` package's client by its call ID, and the Agents SDK's, both
// unmodified; the page that calls is one without a browser.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { OpenAIRealtimeSIP, RealtimeAgent, RealtimeSession, tool } from '@openai/agents-realtime';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import type { ConversationItemCreateEvent } from 'openai/resources/realtime/realtime';
import { WebSocket } from 'ws';
import * as z from 'zod';
import type { TestApp } from '../testing/app.ts';
import type { ServerEvent } from './protocol.ts';
import { MOST_SIDEBANDS } from './sidebands.ts';
import { API_KEY, startRealtimeHouse, startTls, type TlsFront } from './testing/house.ts';
import { Recorded } from './testing/recorded.ts';
import { WebRtcClient } from './testing/web-rtc-client.ts';

let house: TestApp;
let front: TlsFront;
beforeAll(async () => {
  house = await startRealtimeHouse();
  front = await startTls(house.url);
});
afterAll(async () => {
  front.close();
  await house.close();
});

const pages: WebRtcClient[] = [];
afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

async function call(onAnswered?: (id: string) => Promise<void>): Promise<WebRtcClient> {
  const page = await WebRtcClient.call({ url: house.url, key: API_KEY, ...(onAnswered && { onAnswered }) });
  pages.push(page);
  await page.got.until('session.created');
  return page;
}

const client = (): OpenAI => new OpenAI({ apiKey: API_KEY, baseURL: `${front.url}/v1` });

async function control(callID: string) {
  const realtime = new OpenAIRealtimeWS({ callID, options: { rejectUnauthorized: false } }, client());
  const got = new Recorded();
  realtime.on('event', got.put);
  realtime.on('error', () => {});
  await got.until('session.created');
  return { realtime, got };
}

const address = (id: string): string => `${house.url.replace('http', 'ws')}/v1/realtime?call_id=${id}`;
const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** The status with which a connection is refused, and why. */
async function refusal(socket: WebSocket): Promise<[number | undefined, unknown]> {
  socket.on('error', () => {});
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const { error } = JSON.parse((await response.toArray()).join('')) as { error: { code: string } };
  return [response.statusCode, error.code];
}

/** Resolves when there is a place again: who has closed a connection knows it before the server does. */
async function taken(id: string): Promise<void> {
  for (;;) {
    const socket = new WebSocket(address(id), bearer(API_KEY));
    const isTaken = await Promise.race([once(socket, 'open').then(() => true), refusal(socket).then(() => false)]);
    if (isTaken) return socket.close();
  }
}

const say = (text: string): ConversationItemCreateEvent => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

/** From the first update of the session to the end of the second response. */
function sinceUpdate({ events }: Recorded): ServerEvent[] {
  const [, end] = events.flatMap(({ type }, i) => (type === 'response.done' ? [i] : []));
  return events.slice(
    events.findIndex(({ type }) => type === 'session.updated'),
    end,
  );
}

const TOOL = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
} as const;

describe('a server that controls a call', () => {
  test('runs the function that the agent calls, and the page hears the answer', async () => {
    const page = await call();
    const { realtime, got } = await control(page.id);
    realtime.send({ type: 'session.update', session: { type: 'realtime', tools: [TOOL] } });
    expect((await page.got.until('session.updated')).session).toMatchObject({ tools: [{ name: 'get_weather' }] });
    page.send(say('the weather'));
    page.send({ type: 'response.create' });
    const { call_id, arguments: args } = await got.until('response.function_call_arguments.done');
    expect(JSON.parse(args)).toEqual({ city: 'Oslo' });
    await got.until('response.done');
    const output = { type: 'function_call_output', call_id, output: 'sunny' } as const;
    realtime.send({ type: 'conversation.item.create', item: output });
    realtime.send({ type: 'response.create' });
    const { response } = await page.got.until('response.done', 2);
    expect(response.output).toMatchObject([{ content: [{ transcript: 'It is sunny there.' }] }]);
    expect(page.packets).toBeGreaterThan(5);
    await got.until('response.done', 2);
    expect(sinceUpdate(got)).toEqual(sinceUpdate(page.got));
    expect([...got.of('error'), ...page.got.of('error')]).toEqual([]);
    realtime.close();
  }, 30_000);

  test('finds the session as it is, and hangs nothing up when it goes', async () => {
    const page = await call();
    page.send({ type: 'session.update', session: { instructions: 'Speak like a pirate.' } });
    await page.got.until('session.updated');
    const { realtime, got } = await control(page.id);
    const { session: was } = await page.got.until('session.created');
    const { session: found } = await got.until('session.created');
    expect(found).toEqual({ ...was, instructions: 'Speak like a pirate.' });
    const gone = once(realtime.socket, 'close');
    realtime.close();
    await gone;
    page.send(say('hello'));
    page.send({ type: 'response.create' });
    await page.got.until('output_audio_buffer.started');
    expect(page.got.of('session.created')).toHaveLength(1);
  }, 30_000);

  test('is told alone what is wrong with what it says', async () => {
    const page = await call();
    const { realtime, got } = await control(page.id);
    realtime.send({ type: 'input_audio_buffer.append', event_id: 'a1', audio: 'AAAA' });
    expect((await got.until('error')).error).toMatchObject({ code: 'unsupported_value', event_id: 'a1' });
    realtime.send({ type: 'conversation.item.delete', event_id: 'd1', item_id: 'item_unknown' });
    expect((await got.until('error', 2)).error).toMatchObject({ event_id: 'd1' });
    page.send({ type: 'input_audio_buffer.append', event_id: 'p1', audio: 'AAAA' });
    expect((await page.got.until('error')).error).toMatchObject({ event_id: 'p1' });
    page.send({ type: 'output_audio_buffer.clear' });
    page.send({ type: 'session.update', session: {} });
    await got.until('session.updated');
    expect([got.of('error').length, page.got.of('error').length]).toEqual([2, 1]);
    realtime.close();
  }, 30_000);

  test('may come before the page does: it sets the session at once, and what it asks for waits for the page', async () => {
    let sideband: Awaited<ReturnType<typeof control>> | undefined;
    const page = await call(async (id) => {
      sideband = await control(id);
      const { realtime, got } = sideband;
      realtime.send({ type: 'session.update', session: { type: 'realtime', instructions: 'Greet them.' } });
      await got.until('session.updated');
      realtime.send(say('somebody calls'));
      realtime.send({ type: 'response.create' });
    });
    expect(page.got.of('session.created')[0]?.session).toMatchObject({ instructions: 'Greet them.' });
    await page.got.until('output_audio_buffer.started');
    const added = page.got.of('conversation.item.added')[0]?.item;
    expect(added).toMatchObject({ role: 'user', content: [{ text: 'somebody calls' }] });
    expect(sideband?.got.of('error')).toEqual([]);
    sideband?.realtime.close();
  }, 30_000);

  test('is let go when the call ends', async () => {
    const page = await call();
    const { realtime } = await control(page.id);
    const closed = once(realtime.socket, 'close');
    await page.close();
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1000, 'the call is over']);
    expect(await refusal(new WebSocket(address(page.id), bearer(API_KEY)))).toEqual([404, 'call_not_found']);
  }, 30_000);

  test('may be the Agents SDK, with an agent whose tools run there', async () => {
    const page = await call();
    const execute = async ({ city }: { city: string }): Promise<string> => `rainy in ${city}`;
    const parameters = z.object({ city: z.string() });
    const weather = tool({ name: 'get_weather', description: 'The weather in a city', parameters, execute });
    const agent = new RealtimeAgent({ name: 'Guide', instructions: 'Be brief.', tools: [weather] });
    const session = new RealtimeSession(agent, { transport: new OpenAIRealtimeSIP() });
    const errors: unknown[] = [];
    session.on('error', (error) => errors.push(error));
    await session.connect({ apiKey: API_KEY, url: address(page.id), callId: page.id });
    await page.got.until('session.updated');
    page.send(say('the weather'));
    page.send({ type: 'response.create' });
    const { response } = await page.got.until('response.done', 2);
    expect(response.output).toMatchObject([{ content: [{ transcript: 'It is rainy in Oslo there.' }] }]);
    expect(errors).toEqual([]);
    session.close();
  }, 30_000);
});

describe('a call is not controlled', () => {
  test('without a key, with a client secret, nor where there is no such call', async () => {
    const page = await call();
    const { value } = await new OpenAI({ apiKey: API_KEY, baseURL: `${house.url}/v1` }).realtime.clientSecrets.create(
      {},
    );
    expect(await refusal(new WebSocket(address(page.id)))).toEqual([401, 'unauthorized']);
    expect(await refusal(new WebSocket(address(page.id), bearer(value)))).toEqual([401, 'unauthorized']);
    expect(await refusal(new WebSocket(address('rtc_unknown'), bearer(API_KEY)))).toEqual([404, 'call_not_found']);
    expect(await refusal(new WebSocket(address(''), bearer(API_KEY)))).toEqual([404, 'call_not_found']);
  }, 30_000);

  test('by more than a few at once', async () => {
    const page = await call();
    const [first] = await Promise.all(Array.from({ length: MOST_SIDEBANDS }, () => control(page.id)));
    expect(await refusal(new WebSocket(address(page.id), bearer(API_KEY)))).toEqual([429, 'too-many-requests']);
    first?.realtime.close();
    await taken(page.id);
  }, 30_000);
});
