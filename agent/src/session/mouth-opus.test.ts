import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hasFec, type OpusEncoderOptions, OpusLibrary } from '../codec/index.ts';
import type { Speech } from '../contracts/index.ts';
import { type RtpPacket, RtpSocket, Ticker } from '../rtp/index.ts';
import { correlation, ManualClock, rms, settle, speechClip } from '../testing/index.ts';
import type { LeavingVoice } from './leaving-voice.ts';
import { RtpMouth } from './mouth.ts';

const library = await OpusLibrary.load();
const SSRC = 0xbeef;
const RATE = 24_000;
const FRAME = 480;

/** How services encode: most as music is, some in Opus' speech modes. */
const STREAMS = {
  'as music is': { complexity: 9, bitrate: 64_000 },
  'as speech': { complexity: 9, bitrate: 24_000, application: 'voip' },
} as const satisfies Record<string, Omit<OpusEncoderOptions, 'rate'>>;
type Coding = keyof typeof STREAMS;

function at24k(samples: Int16Array): Int16Array {
  const resampler = library.resampler({ from: 16_000, to: RATE });
  const out = resampler.push(samples).slice();
  resampler.close();
  return out;
}
const words = at24k(speechClip('jfk').samples).subarray(3 * FRAME, 203 * FRAME);

function packetsOf(samples: Int16Array, coding: Coding = 'as music is'): Uint8Array[] {
  const encoder = library.encoder({ rate: RATE, ...STREAMS[coding] });
  const packets: Uint8Array[] = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME)
    packets.push(encoder.encode(samples.subarray(at, at + FRAME)).slice());
  encoder.close();
  return packets;
}

function decoded(packets: readonly Uint8Array[]): Int16Array {
  const decoder = library.decoder({ rate: RATE });
  const samples = Int16Array.from(packets.flatMap((packet) => [...decoder.decode(packet)]));
  decoder.close();
  return samples;
}

let clock: ManualClock;
let from: RtpSocket;
let to: RtpSocket;
let mouth: RtpMouth;
let reply: AbortController;
let arrived: RtpPacket[];
/** What is told of each frame that leaves. Reading its samples decodes it. */
let onVoice: (voice: LeavingVoice) => void;

beforeEach(async () => {
  clock = new ManualClock();
  [from, to] = await Promise.all([RtpSocket.open({ ip: '127.0.0.1' }), RtpSocket.open({ ip: '127.0.0.1' })]);
  const rtp = { remote: to.address, ssrc: SSRC, payloadType: 111 };
  onVoice = () => {};
  mouth = new RtpMouth({
    rtp,
    socket: from,
    library,
    ticker: new Ticker({ clock }),
    clock,
    onVoice: (voice) => onVoice(voice),
  });
  reply = new AbortController();
  arrived = [];
  to.route(SSRC, (packet) => arrived.push({ ...packet, payload: packet.payload.slice() }));
});

afterEach(async () => {
  mouth.close();
  await Promise.all([from.close(), to.close()]);
  expect(library.live).toBe(0);
});

async function pass(frames: number): Promise<void> {
  for (let i = 0; i < frames; i++) {
    await clock.advance(20);
    while (arrived.length < from.stats.sent) await settle();
  }
}

const speak = (): Speech => mouth.speak({ rate: RATE, signal: reply.signal });

function write(speech: Speech, packets: readonly Uint8Array[]): void {
  for (const [i, packet] of packets.entries()) void speech.writeOpus?.(packet, i === 0).catch(() => {});
}

/** Which of what came is the engine's own, packet by packet: `p` passed, `e` encoded anew. */
const ways = (packets: readonly Uint8Array[]): string => {
  const own = new Set(packets.map((packet) => Buffer.from(packet).toString('hex')));
  return arrived.map(({ payload }) => (own.has(Buffer.from(payload).toString('hex')) ? 'p' : 'e')).join('');
};

/** What a listener hears who has decoded every packet. */
const heard = (): Int16Array => decoded(arrived.map(({ payload }) => payload));

const frames = (samples: Int16Array, first: number, after: number): Int16Array =>
  samples.subarray(first * FRAME, after * FRAME);

/** The steepest step between two samples: a click is steeper than any that voice takes. */
function steepest(samples: Int16Array): number {
  let most = 0;
  for (let i = 1; i < samples.length; i++) most = Math.max(most, Math.abs(samples[i]! - samples[i - 1]!));
  return most;
}

describe('Opus of an engine', () => {
  test('leaves as it is, but for the frame in which the listener comes to it', async () => {
    const packets = packetsOf(words);
    const speech = speak();
    write(speech, packets);
    const ended = speech.end();
    await pass(packets.length + 10);
    await ended;
    expect(ways(packets)).toBe(`e${'p'.repeat(packets.length - 1)}eeeee`);
    expect(speech.playedMs).toBe(packets.length * 20);
    expect(correlation(decoded(packets), heard())).toBeGreaterThan(0.995);
  });

  test('in a speech mode leaves as it is from the first packet on', async () => {
    const packets = packetsOf(words, 'as speech');
    const speech = speak();
    write(speech, packets);
    void speech.end();
    await pass(packets.length + 10);
    expect(ways(packets)).toBe(`${'p'.repeat(packets.length)}eeeee`);
  });

  test('is paced and numbered as all voice is', async () => {
    write(speak(), packetsOf(frames(words, 0, 10)));
    await pass(30);
    expect(arrived.map(({ marker }) => marker)).toEqual([true, ...Array(14).fill(false)]);
    for (const [i, packet] of arrived.entries()) {
      const before = arrived[i - 1];
      if (!before) continue;
      expect((packet.sequence - before.sequence) & 0xffff).toBe(1);
      expect((packet.timestamp - before.timestamp) >>> 0).toBe(960);
    }
  });

  test('is not decoded where nobody asks what it sounds like', async () => {
    const packets = packetsOf(words, 'as speech');
    write(speak(), packets);
    await pass(packets.length);
    expect(library.live).toBe(0);
  });

  test('is told in samples to who asks, as the listener hears it', async () => {
    const told: number[] = [];
    onVoice = ({ samples }) => told.push(...samples);
    const packets = packetsOf(words);
    write(speak(), packets);
    await pass(packets.length);
    expect(Int16Array.from(told)).toEqual(decoded(packets));
  });

  test('of one clause after another begins with the first sound of each', async () => {
    // Right in a vowel: a decoder that comes from silence would need four frames to be as loud.
    const clauses = [packetsOf(frames(words, 40, 60)), packetsOf(frames(words, 105, 125))];
    const speech = speak();
    for (const clause of clauses) write(speech, clause);
    await pass(40);
    expect(ways(clauses.flat())).toBe(`e${'p'.repeat(19)}e${'p'.repeat(19)}`);
    const loudness = (samples: Int16Array, i: number): number => rms(frames(samples, i, i + 1));
    for (const i of [1, 2, 3, 4]) {
      expect(loudness(heard(), 20 + i) / loudness(decoded(clauses[1]!), i)).toBeGreaterThan(0.8);
      expect(loudness(heard(), 20 + i) / loudness(decoded(clauses[1]!), i)).toBeLessThan(1.25);
    }
  });

  test('and samples are said in the order in which they were written', async () => {
    const speech = speak();
    const packets = packetsOf(frames(words, 40, 50), 'as speech');
    await speech.write(frames(words, 0, 5).subarray(100));
    write(speech, packets);
    await speech.write(frames(words, 50, 55));
    const ended = speech.end();
    await pass(30);
    await ended;
    expect(ways(packets)).toBe(`eeeee${'p'.repeat(10)}eeeeeeeeee`);
    expect(speech.playedMs).toBe(400);
  });

  test('that is none after all is guessed by those who decode it', async () => {
    onVoice = ({ samples }) => expect(samples).toHaveLength(FRAME);
    const packets = packetsOf(words, 'as speech');
    // Says that two frames of different lengths come, and no more.
    packets[20] = Uint8Array.of(0x08 | 2, 255);
    write(speak(), packets);
    await pass(60);
    expect(arrived).toHaveLength(60);
  });

  test('that is written 20 s ahead makes its writer wait', async () => {
    const speech = speak();
    let written = 0;
    void (async () => {
      for (; written < 1200; written++) await speech.writeOpus?.(Uint8Array.of(0x08, 1), written === 0);
    })().catch(() => {});
    await settle();
    expect(written).toBe(999);
    await pass(50);
    expect(written).toBe(1049);
    reply.abort('enough');
  });
});

describe.each(['as music is', 'as speech'] as const)('a voice encoded %s', (coding) => {
  const packets = packetsOf(words, coding);
  const source = decoded(packets);
  const likeness = (first: number, after: number): number =>
    correlation(frames(source, first, after), frames(heard(), first, after));

  test.each([30, 41, 57, 88, 109])(
    'is softer while it is ducked from frame %i on, and then itself again',
    async (at) => {
      write(speak(), packets);
      await pass(at);
      mouth.duck(0.25);
      await pass(20);
      mouth.duck(1);
      await pass(packets.length - at - 20);
      expect(likeness(0, at)).toBeGreaterThan(0.995);
      expect(likeness(at + 1, at + 20)).toBeGreaterThan(0.97);
      expect(likeness(at + 21, packets.length)).toBeGreaterThan(0.98);
      expect(rms(frames(heard(), at + 1, at + 20)) / rms(frames(source, at + 1, at + 20))).toBeCloseTo(0.25, 1);
      expect(steepest(heard())).toBeLessThan(1.1 * steepest(source));
      expect(ways(packets).slice(at, at + 22)).toBe('e'.repeat(22));
      expect(ways(packets).slice(at + 80)).toMatch(/^p+$/);
    },
  );

  test('that is held in mid-word fades out, and comes back from nothing', async () => {
    write(speak(), packets);
    await pass(50);
    mouth.hold();
    await pass(20);
    mouth.resume();
    await pass(60);
    const after = heard();
    expect(rms(frames(after, 51, 55))).toBeLessThan(rms(frames(after, 45, 50)) / 20);
    expect(steepest(after)).toBeLessThan(1.1 * steepest(source));
    const rest = frames(after, 57, after.length / FRAME);
    expect(correlation(frames(source, 52, source.length / FRAME), rest)).toBeGreaterThan(0.97);
  });

  test.each([33, 50, 71, 110])('that is cut in frame %i fades out, and leaves no noise behind', async (at) => {
    write(speak(), packets);
    await pass(at);
    reply.abort('barge-in');
    await pass(10);
    const after = heard();
    expect(arrived).toHaveLength(at + 5);
    expect(correlation(frames(source, 0, at), frames(after, 0, at))).toBeGreaterThan(0.99);
    expect(rms(frames(after, at + 1, at + 5))).toBeLessThan(rms(frames(after, at - 5, at)) / 20);
    expect(steepest(after)).toBeLessThan(1.1 * steepest(source));
  });

  test('carries FEC while the listener loses packets, and none of it after', async () => {
    const report = async (fractionLost: number): Promise<void> => {
      const bytes = Buffer.alloc(32);
      bytes.writeUInt32BE(0x81c90007, 0);
      bytes.writeUInt32BE(SSRC, 8);
      bytes.writeUInt8(Math.round(fractionLost * 256), 12);
      const seen = from.stats.received;
      to.send(bytes, from.address);
      while (from.stats.received === seen) await settle();
    };
    write(speak(), packets);
    await pass(40);
    await report(0.1);
    await pass(40);
    for (let i = 0; i < 12; i++) await report(0);
    await pass(100);
    const fec = arrived.map(({ payload }) => (hasFec(payload) ? 1 : 0));
    const sum = (first: number, after: number): number =>
      fec.slice(first, after).reduce((total: number, one) => total + one, 0);
    expect([sum(0, 40), sum(81, 180)]).toEqual([0, 0]);
    expect(sum(40, 80)).toBeGreaterThan(20);
    expect(ways(packets).slice(40, 80)).toMatch(/^e+$/);
    expect(ways(packets).slice(140)).toMatch(/^p+$/);
    expect(likeness(82, packets.length - 20)).toBeGreaterThan(0.97);
  });

  test('is said again from a moment on', async () => {
    const speech = speak();
    write(speech, packets);
    onVoice = ({ samples }) => void samples;
    await pass(80);
    mouth.rewind(clock.now() - 400);
    const { playedMs } = speech;
    expect(playedMs).toBeLessThanOrEqual(1200);
    expect(playedMs).toBeGreaterThanOrEqual(500);
    await pass(packets.length - playedMs / 20);
    const again = frames(heard(), 82, 80 + packets.length - playedMs / 20);
    expect(correlation(frames(source, playedMs / 20 + 2, packets.length), again)).toBeGreaterThan(0.97);
  });
});
