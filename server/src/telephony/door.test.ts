// The door without an agent: who may come in, and what becomes of a call.
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { WebSocket } from 'ws';
import { startTestApp, type TestApp } from '../testing/app.ts';
import type { FakeHost, Told } from '../testing/fake-host.ts';
import { signatureOf } from './signature.ts';
import { AUTH_TOKEN, startTelephoneHouse } from './testing/house.ts';
import { TwilioDouble, type TwilioDoubleOptions } from './testing/twilio-double.ts';

const PATH = '/v1/telephony/twilio';
const FORM = { CallSid: 'CA1', From: '+14158675309', To: '+18005551212', CallerName: 'Ada & <Bob>' };

let house: TestApp;
let host: FakeHost;
beforeAll(async () => {
  house = await startTelephoneHouse({ telephony: { twilio: { authToken: AUTH_TOKEN }, greeting: 'Hello.' } });
  host = await house.hosts.next();
});
afterAll(() => house.close());

const hostOf = (url: string): string => new URL(url).host;

/** What Twilio asks when somebody telephones. */
const ask = (url: string, signature = signatureOf(AUTH_TOKEN, `https://${hostOf(url)}${PATH}`, FORM)) =>
  fetch(url + PATH, {
    method: 'POST',
    headers: { 'x-twilio-signature': signature },
    body: new URLSearchParams(FORM),
  });

/** The status and the reason with which a connection is refused. */
const refusal = (url: string, headers: Record<string, string>): Promise<[number | undefined, string]> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws') + PATH, { headers });
    socket.on('error', () => {});
    socket.on('unexpected-response', async (_, response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve([response.statusCode, (JSON.parse(body) as { detail: string }).detail]);
    });
  });

describe('the webhook', () => {
  test('has Twilio stream the call, and tell who calls whom', async () => {
    const answer = await ask(house.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch('text/xml');
    expect(await answer.text()).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://${hostOf(house.url)}${PATH}">` +
        '<Parameter name="from" value="+14158675309"/><Parameter name="to" value="+18005551212"/>' +
        '</Stream></Connect></Response>',
    );
  });

  test('answers nobody whose request is not signed, and never logs the token', async () => {
    const answer = await ask(house.url, signatureOf('another token', `https://${hostOf(house.url)}${PATH}`, FORM));
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ detail: 'The signature is not that of the Twilio account.' }),
    ]);
    expect(JSON.stringify(house.logged.waiting)).not.toContain(AUTH_TOKEN);
  });

  test('says that the line is busy where no more calls can be carried', async () => {
    const full = await startTelephoneHouse();
    await full.app.drain(0, new AbortController().signal);
    expect(await (await ask(full.url)).text()).toContain('<Reject reason="busy"/>');
    await full.close();
  });

  test('says what to set where no account is known', async () => {
    const deaf = await startTestApp();
    const answer = await ask(deaf.url);
    expect([answer.status, (await answer.json()) as object]).toMatchObject([
      404,
      { detail: expect.stringContaining('TWILIO_AUTH_TOKEN') },
    ]);
    expect(await refusal(deaf.url, {})).toEqual([404, expect.stringContaining('TWILIO_AUTH_TOKEN')]);
    await deaf.close();
  });
});

async function call(options: Partial<TwilioDoubleOptions> = {}) {
  const twilio = await TwilioDouble.call({ url: house.url, authToken: AUTH_TOKEN, ...options });
  const agent = await host.sessions.next();
  return { twilio, agent, ...(await listening(agent)) };
}

async function listening(agent: Awaited<ReturnType<FakeHost['sessions']['next']>>) {
  const told = <What extends Told['what']>(
    what: What,
    matches: (each: Extract<Told, { what: What }>) => boolean = () => true,
  ) =>
    agent.told.next<Extract<Told, { what: What }>>(
      (each) => each.what === what && matches(each as Extract<Told, { what: What }>),
    );
  const { tell, line } = await told('line');
  const say = (frames: number): void => {
    for (let i = 0; i < frames; i++) tell({ kind: 'voice', samples: new Int16Array(160).fill(1000) });
  };
  return { told, tell, line, say };
}

async function listeningAgent() {
  const agent = await host.sessions.next();
  return { told: (what: Told['what']) => agent.told.next((each) => each.what === what) };
}

describe('a stream', () => {
  test('that Twilio has not signed is refused', async () => {
    const url = `wss://${hostOf(house.url)}${PATH}`;
    expect(await refusal(house.url, {})).toEqual([403, 'The signature is not that of the Twilio account.']);
    const [status] = await refusal(house.url, { 'x-twilio-signature': signatureOf('another token', url) });
    expect(status).toBe(403);
  });

  test('is a caller in a room of its own, at 8 kHz, whose agent is as telephone calls are set', async () => {
    const { twilio, agent, line, told } = await call({ parameters: { from: '+14158675309', name: 'Ada' } });
    expect(line).toMatchObject({ rate: 8000, voiceRate: 8000 });
    expect(agent.settings.greeting).toBe('Hello.');
    expect((await told('joined')).name).toBe('Ada');
    const { order } = await told('line-order');
    expect(order).toMatchObject({ do: 'hear', samples: expect.objectContaining({ length: 160 }) });
    twilio.hangUp();
    expect(await twilio.closed()).toEqual({ code: 1000, reason: 'the call is over' });
    await told('left');
    await told('close');
  });

  test('that is lost ends the call', async () => {
    const { twilio, told } = await call();
    twilio.socket.terminate();
    await told('left');
    await told('close');
  });

  test('can lead into a room that was made for it, and leaves the others there', async () => {
    const made = await fetch(`${house.url}/v1/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ room: 'support-42', agent: { instructions: 'Be kind.' } }),
    });
    expect(made.status).toBe(201);
    const friend = await house.client();
    const first = await TwilioDouble.call({
      url: house.url,
      authToken: AUTH_TOKEN,
      parameters: { room: 'support-42' },
    });
    const agent = await host.sessions.next();
    const { told } = await listening(agent);
    expect(agent.settings.instructions).toBe('Be kind.');
    await friend.ask('join', { room: 'support-42' });
    await told('joined');
    first.hangUp();
    await told('left');
    expect((await fetch(`${house.url}/v1/rooms/support-42`)).status).toBe(200);
    const lost = await TwilioDouble.call({ url: house.url, authToken: AUTH_TOKEN, parameters: { room: 'nowhere' } });
    expect(await lost.closed()).toEqual({ code: 1013, reason: 'there is no room called nowhere' });
  });

  test('tells the agent which keys were pressed', async () => {
    const { twilio, told } = await call();
    for (const digit of '12#') twilio.press(digit);
    expect((await told('text')).text).toBe('(The caller pressed 1 2 #.)');
    twilio.hangUp();
  });

  test('ends when what was said last is played, where the agent has ended the call', async () => {
    const { twilio, agent, tell, say } = await call({ bufferMs: 150 });
    tell({ kind: 'reply-began', turn: 1, reply: 1 });
    say(10);
    tell({ kind: 'reply-over', reply: 1, status: 'done', text: 'Good-bye.' });
    agent.emit({ type: 'ended', reason: 'idle' });
    expect(await twilio.closed()).toEqual({ code: 1000, reason: 'the call is over: idle' });
    expect(twilio.heardMs).toBe(200);
  });

  test.each([
    ['is no JSON', 1007, 'hello?'],
    ['does not fit', 1007, '{"event":"media","media":{"payload":"%%%"}}'],
    ['starts nothing', 1007, JSON.stringify({ event: 'start' })],
    ['is no text', 1003, Buffer.from([1, 2, 3])],
    ['is too long', 1009, JSON.stringify({ event: 'media', media: { payload: 'A'.repeat(70_000) } })],
  ])('is ended by a message that %s', async (_, code, message) => {
    const { twilio, told } = await call();
    twilio.socket.send(message);
    expect((await twilio.closed()).code).toBe(code);
    await told('close');
  });

  test('that ends as soon as it has started leaves nothing behind', async () => {
    const twilio = new TwilioDouble({ url: house.url, authToken: AUTH_TOKEN });
    await once(twilio.socket, 'open');
    const closed = twilio.closed();
    twilio.start();
    twilio.hangUp();
    expect(await closed).toEqual({ code: 1000, reason: 'the call is over' });
    const { told } = await listeningAgent();
    await told('close');
  });

  test('goes on by another agent where its own is lost', async () => {
    const other = await startTelephoneHouse();
    const twilio = await TwilioDouble.call({ url: other.url, authToken: AUTH_TOKEN });
    const first = await other.hosts.next();
    await listening(await first.sessions.next());
    await first.die();
    const { told, line, say } = await listening(await (await other.hosts.next()).sessions.next());
    expect(line).toMatchObject({ rate: 8000, voiceRate: 8000 });
    await told('playing');
    say(10);
    await twilio.until('media', 10);
    const { order } = await told('line-order');
    expect(order.do).toBe('hear');
    twilio.hangUp();
    await told('left');
    await other.close();
  });

  test('starts once', async () => {
    const { twilio } = await call();
    twilio.start();
    expect(await twilio.closed()).toEqual({ code: 1007, reason: 'a stream starts once' });
  });

  test('cannot flood the server', async () => {
    const { twilio, told } = await call();
    for (let i = 0; i < 3000; i++) twilio.send({ event: 'mark', mark: { name: 'none' } });
    expect(await twilio.closed()).toEqual({ code: 1008, reason: 'too many messages' });
    await told('close');
  });
});

describe('on a clock that the test moves', () => {
  let clock: ManualClock;
  let slow: TestApp;
  beforeAll(async () => {
    clock = new ManualClock();
    slow = await startTelephoneHouse({}, { clock });
  });
  afterAll(async () => {
    await slow.close();
  });

  const dial = async (bufferMs: number) => {
    const twilio = await TwilioDouble.call({ url: slow.url, authToken: AUTH_TOKEN, clock, bufferMs });
    const hosts = await slow.hosts.next();
    slow.hosts.put(hosts);
    return { twilio, ...(await listening(await hosts.sessions.next())) };
  };

  test('a mark that comes back tells the agent how far behind the ear is', async () => {
    const { twilio, tell, say, told } = await dial(40);
    tell({ kind: 'reply-began', turn: 1, reply: 1 });
    say(10);
    await twilio.until('mark');
    await clock.advance(240);
    expect((await told('playout')).delayMs).toBe(240);
    twilio.hangUp();
    await twilio.closed();
  });

  test('an interruption clears what was not played, and where the line has stalled what was heard is counted again', async () => {
    const { twilio, tell, say, told } = await dial(0);
    tell({ kind: 'reply-began', turn: 1, reply: 7 });
    say(10);
    await twilio.until('mark');
    await clock.advance(200);
    await told('playout');
    twilio.stall(5000);
    say(20);
    await twilio.until('mark', 3);
    await clock.advance(500);
    tell({ kind: 'reply-over', reply: 7, status: 'cut', text: 'all of it' });
    await twilio.until('clear');
    const { order } = await told('line-order', (each) => each.order.do === 'shorten');
    expect(order).toEqual({ do: 'shorten', reply: 7, heardMs: 200 });
    tell({ kind: 'reply-over', reply: 7, status: 'cut', text: 'all of it' });
    say(1);
    await twilio.until('media', 31);
    expect(twilio.of('clear')).toHaveLength(1);
    twilio.hangUp();
    await twilio.closed();
  });

  test('a stream that does not start is ended', async () => {
    const twilio = new TwilioDouble({ url: slow.url, authToken: AUTH_TOKEN, clock });
    await once(twilio.socket, 'open');
    const closed = twilio.closed();
    await clock.advance(10_000);
    expect(await closed).toEqual({ code: 1008, reason: 'no stream has started' });
  });
});
