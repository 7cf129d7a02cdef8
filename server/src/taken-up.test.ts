import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startAgentHost } from '@parley/agent';
import { RtpCaller, speechClip, until } from '@parley/agent/testing';
import { AGENT_ID, type NoticeOf } from '@parley/signaling/protocol';
import type { Transport } from 'mediasoup/types';
import { startTestApp, type TestApp } from './testing/app.ts';
import type { TestClient } from './testing/client.ts';
import { browserEar, browserVoice } from './testing/parameters.ts';
import { PlainRouter } from './testing/plain-router.ts';
import { isRtcp, rtpPacket, ssrcOf } from './testing/rtp.ts';

/** Threads start, a conversation takes its time, and a database is made. */
jest.setTimeout(60_000);

/** From the death of a host until its callers hear an agent again, in ms: another thread is started, with its models. */
const SOON_MS = 8000;
/** Opus of silence takes fewer bytes. */
const VOICE_BYTES = 40;
const WELCOME = 'Welcome to this call.';
const APOLOGY = 'Sorry, I lost the thread for a moment.';

const folder = mkdtempSync(join(tmpdir(), 'parley-taken-up-'));
const transports = new Set<Transport>();
let house: TestApp;
let phone: Phone | undefined;
beforeAll(async () => {
  house = await startTestApp(
    {
      server: { dataDir: folder },
      history: { enabled: true },
      agent: { greeting: WELCOME, threads: 1, summarise: false },
    },
    {
      startHost: startAgentHost,
      hostModule: new URL('../../agent/src/testing/mortal-host.ts', import.meta.url),
      makeRouter: (...parts) => {
        const made = new PlainRouter(...parts);
        made.router.observer.on('newtransport', (transport) => {
          transports.add(transport);
          transport.observer.once('close', () => transports.delete(transport));
        });
        return made;
      },
    },
  );
});
afterAll(async () => {
  await phone?.close();
  await house.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Hears the agent as a page does: by whichever producer it is told of. */
class Phone {
  /** Its id in the history. */
  readonly conversation: string;
  /** Times of packets with voice by SSRC. */
  readonly #voice = new Map<number, number[]>();
  readonly #ssrcs: number[] = [];
  readonly #client: TestClient;
  readonly #rtp: RtpCaller;
  readonly #socket = createSocket('udp4');
  #up = 0;
  #recv = '';

  private constructor(client: TestClient, rtp: RtpCaller, conversation: string) {
    this.#client = client;
    this.#rtp = rtp;
    this.conversation = conversation;
    this.#socket.on('message', (packet) => {
      if (isRtcp(packet) || packet.length < VOICE_BYTES) return;
      const ssrc = ssrcOf(packet);
      this.#voice.set(ssrc, [...(this.#voice.get(ssrc) ?? []), performance.now()]);
    });
  }

  static async call(client: TestClient): Promise<Phone> {
    const { callerId, conversation, producers } = await client.ask('join', { room: 'lobby' });
    const phone = new Phone(client, await RtpCaller.open(callerId), conversation);
    await phone.#connect(producers.find(({ peerId }) => peerId === AGENT_ID)?.producerId ?? '');
    return phone;
  }

  /** By another producer than before. */
  async hear(producerId: string): Promise<void> {
    const message = { transportId: this.#recv, producerId, rtpCapabilities: browserEar };
    const { consumerId, rtpParameters } = await this.#client.ask('consume', message);
    this.#ssrcs.push(Number(rtpParameters.encodings?.[0]?.ssrc));
    await this.#client.ask('resume-consumer', { consumerId });
  }

  say(clip: string): Promise<void> {
    return this.#rtp.say(speechClip(clip).samples, this.#up);
  }

  /** When the voice that is heard now was first heard. */
  async voiceAt(): Promise<number> {
    const ssrc = this.#ssrcs.at(-1) ?? 0;
    await until(() => this.#voice.has(ssrc));
    return this.#voice.get(ssrc)?.[0] ?? 0;
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#rtp.close();
  }

  async #connect(producerId: string): Promise<void> {
    this.#socket.bind(0, '127.0.0.1');
    await once(this.#socket, 'listening');
    const send = await this.#client.ask('create-transport', { direction: 'send' });
    const recv = await this.#client.ask('create-transport', { direction: 'recv' });
    this.#up = send.iceCandidates[0]?.port ?? 0;
    this.#recv = recv.transportId;
    const { ssrc } = this.#rtp.ear;
    const voice = { transportId: send.transportId, kind: 'audio', rtpParameters: browserVoice(ssrc) } as const;
    await this.#client.ask('produce', voice);
    // So that it is known where to send.
    this.#socket.send(rtpPacket({ ssrc: 1, sequence: 1 }), recv.iceCandidates[0]?.port ?? 0, '127.0.0.1');
    await this.hear(producerId);
    await this.#client.ask('playing', {});
  }
}

/** The next of the agent's lines that fits. */
async function said(client: TestClient, fits: (reply: NoticeOf<'reply-text'>) => boolean) {
  const told = await client.notices.next(
    ({ name, notice }) => name === 'reply-text' && fits(notice as NoticeOf<'reply-text'>),
  );
  return told.notice as NoticeOf<'reply-text'>;
}
const whole = (client: TestClient) => said(client, ({ final }) => final);

interface Dump {
  readonly producerIds: readonly string[];
  readonly consumerIds: readonly string[];
}

/** All that the media server holds for the room. */
const held = async (): Promise<number[]> => {
  const dumps = (await Promise.all([...transports].map((transport) => transport.dump()))) as Dump[];
  return [
    dumps.length,
    dumps.flatMap(({ producerIds }) => producerIds).length,
    dumps.flatMap(({ consumerIds }) => consumerIds).length,
  ];
};

test('a call whose host dies in the middle of an answer goes on: an apology is heard, and nothing is forgotten', async () => {
  const client = await house.client();
  phone = await Phone.call(client);
  expect((await whole(client)).text).toBe(WELCOME);
  await phone.say('goforward');
  expect((await whole(client)).text).toBe('You said utterance number 1.');
  const before = await held();

  await client.ask('text', { text: 'die' });
  const cut = await said(client, ({ final, text }) => final && text.startsWith('This is'));
  const diedAt = performance.now();
  expect(cut).toMatchObject({ interrupted: true, text: expect.not.stringContaining('dies') });
  expect(await client.notice('problem')).toMatchObject({ code: 'session-failed', retryable: true });
  await phone.hear((await client.notice('producer-added')).producerId);
  const heardMs = (await phone.voiceAt()) - diedAt;
  expect((await whole(client)).text).toBe(`${APOLOGY} Shall I go on?`);
  expect(heardMs).toBeLessThan(SOON_MS);
  await client.notice('producer-removed');
  expect(await held()).toEqual(before);

  // Heard by the new thread's recogniser, which counts from one.
  await phone.say('goforward');
  expect((await whole(client)).text).toBe('You said utterance number 1, die, utterance number 1.');

  const texts = await kept(phone.conversation, 8);
  expect(texts).toEqual([
    WELCOME,
    'utterance number 1',
    'You said utterance number 1.',
    'die',
    cut.text,
    `${APOLOGY} Shall I go on?`,
    'utterance number 1',
    'You said utterance number 1, die, utterance number 1.',
  ]);
  const { calls } = (await (await fetch(`${house.url}/v1/calls`)).json()) as { calls: unknown[] };
  expect(calls).toHaveLength(1);
});

/** What the history has of a call, when it has so much. */
async function kept(call: string, lines: number): Promise<readonly string[]> {
  for (;;) {
    const answer = await fetch(`${house.url}/v1/calls/${call}/transcript`);
    const { said = [] } = (await answer.json()) as { said?: readonly { text: string; final: boolean }[] };
    if (said.filter(({ final }) => final).length >= lines) return said.map(({ text }) => text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
