import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { OpusLibrary } from '../codec/index.ts';
import { Scope } from '../kernel/index.ts';
import { EdgeTts } from '../providers/tts/edge/edge.ts';
import { EdgeServer } from '../providers/tts/edge/testing/edge-server.ts';
import { SPOKEN_MS } from '../providers/tts/testing/scripted-speech.ts';
import { Reply, type ReplyOutcome } from '../reply/index.ts';
import { RtpSocket, Ticker } from '../rtp/index.ts';
import { ManualClock, ScriptedLlm, settle } from '../testing/index.ts';
import { RtpMouth } from './mouth.ts';

const library = await OpusLibrary.load();
const SSRC = 0xfeed;
const TEXT = 'Say this at 300 hertz.';

let clock: ManualClock;
let service: EdgeServer;
let tts: EdgeTts;
let from: RtpSocket;
let to: RtpSocket;
let mouth: RtpMouth;
let arrived: Uint8Array[];
let scope: Scope;
let shown: string[];

beforeEach(async () => {
  clock = new ManualClock();
  service = await EdgeServer.start();
  tts = new EdgeTts({ baseUrl: service.url, timeoutMs: 15_000, opus: library, clock });
  [from, to] = await Promise.all([RtpSocket.open({ ip: '127.0.0.1' }), RtpSocket.open({ ip: '127.0.0.1' })]);
  const rtp = { remote: to.address, ssrc: SSRC, payloadType: 111 };
  mouth = new RtpMouth({ rtp, socket: from, library, ticker: new Ticker({ clock }), clock });
  arrived = [];
  to.route(SSRC, ({ payload }) => arrived.push(payload.slice()));
  scope = new Scope('reply');
  shown = [];
});

afterEach(async () => {
  mouth.close();
  await scope.close('done');
  await Promise.all([tts.close(), service.close(), from.close(), to.close()]);
});

const say = (source: string): Promise<ReplyOutcome> =>
  new Reply({
    scope,
    clock,
    mouth,
    llm: new ScriptedLlm(() => ''),
    tts,
    prosody: {},
    source,
    playoutMs: () => 0,
    onFirstAudio: () => {},
    onHeard: (text) => shown.push(text),
  }).run();

async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 20) {
    await clock.advance(20);
    while (arrived.length < from.stats.sent) await settle();
  }
}

/** Until the first packet has left: the service is asked over a real connection. */
async function begun(): Promise<void> {
  while (arrived.length === 0) {
    await settle();
    await pass(20);
  }
}

/** What the service has said, packet by packet. */
async function said(): Promise<Uint8Array[]> {
  const packets: Uint8Array[] = [];
  for await (const chunk of tts.speak(TEXT, { signal: scope.signal, takesOpus: true }))
    if (chunk.kind === 'opus') packets.push(chunk.packet);
  return packets;
}

test('what a service answers in Opus is heard as it was encoded there, with captions in step', async () => {
  const packets = await said();
  expect(packets).toHaveLength(SPOKEN_MS / 20);
  const reply = say(TEXT);
  await begun();
  await pass(SPOKEN_MS + 200);
  expect(await reply).toMatchObject({ status: 'done', heard: TEXT });
  expect(arrived.slice(1, packets.length).map((packet) => Buffer.from(packet))).toEqual(
    packets.slice(1).map((packet) => Buffer.from(packet)),
  );
  expect(shown.length).toBeGreaterThan(2);
  expect(shown.every((text) => TEXT.startsWith(text))).toBe(true);
});

test('an answer in Opus that is cut leaves the words that were heard', async () => {
  const reply = say(TEXT);
  await begun();
  await pass(SPOKEN_MS / 2);
  await scope.close('barge-in');
  const { status, heard } = await reply;
  expect(status).toBe('cut');
  expect(heard).not.toBe('');
  expect(TEXT.startsWith(heard)).toBe(true);
  expect(heard.length).toBeLessThan(TEXT.length);
});
