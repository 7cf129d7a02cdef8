import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { hasFec, OpusLibrary } from '../codec/index.ts';
import type { Speech } from '../contracts/index.ts';
import { ScopeClosed } from '../kernel/index.ts';
import { type RtpPacket, RtpSocket, Ticker } from '../rtp/index.ts';
import { bestLag, ManualClock, rms, settle, sine, speechClip } from '../testing/index.ts';
import { RtpMouth } from './mouth.ts';

const library = await OpusLibrary.load();
const SSRC = 0xbeef;
const words = speechClip('jfk').samples.subarray(0, 32_000);
/** 24 kHz, so that it goes out as it is; 480 samples are a frame. */
const tone = (frames: number, amplitude = 10_000): Int16Array => sine(500, 24_000, frames * 480, amplitude);

interface Arrived extends RtpPacket {
  /** Clock's ms of the tick in which it was sent. */
  readonly at: number;
  /** Of its end: the codec brings the end of one frame with the start of the next. */
  readonly loudness: number;
  readonly pcm: Int16Array;
}

let clock: ManualClock;
let ticker: Ticker;
let from: RtpSocket;
let to: RtpSocket;
let mouth: RtpMouth;
/** Every packet that came, in order. */
let arrived: Arrived[];
let reply: AbortController;

beforeEach(async () => {
  clock = new ManualClock();
  ticker = new Ticker({ clock });
  [from, to] = await Promise.all([RtpSocket.open({ ip: '127.0.0.1' }), RtpSocket.open({ ip: '127.0.0.1' })]);
  const rtp = { remote: to.address, ssrc: SSRC, payloadType: 111 };
  mouth = new RtpMouth({ rtp, socket: from, library, ticker, clock });
  arrived = [];
  reply = new AbortController();
  const decoder = library.decoder({ rate: 24_000 });
  to.route(SSRC, (packet) => {
    const pcm = decoder.decode(packet.payload);
    arrived.push({ ...packet, at: clock.now(), pcm, loudness: rms(pcm, 300) });
  });
  closeDecoder = () => decoder.close();
});

let closeDecoder: () => void;

afterEach(async () => {
  mouth.close();
  await Promise.all([from.close(), to.close()]);
  closeDecoder();
  expect(library.live).toBe(0);
});

/** Moves time on, one frame after another, and waits for what was sent to come. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 20) {
    await clock.advance(20);
    while (arrived.length < from.stats.sent) await settle();
  }
}

const speak = (options: { signal?: AbortSignal; rate?: number; onFirstPacket?: (at: number) => void } = {}): Speech =>
  mouth.speak({ rate: 24_000, signal: reply.signal, ...options });

/** Runs of voice (`v`) and silence (`s`) among what came, e.g. `v10 s5`. */
const runs = (packets: readonly Arrived[] = arrived): string =>
  packets
    .map(({ loudness }) => (loudness > 300 ? 'v' : 's'))
    .join('')
    .replace(/(.)\1*/g, (run) => `${run[0]}${run.length} `)
    .trim();

describe('a mouth', () => {
  test('says what is written to it', async () => {
    const speech = speak({ rate: 16_000 });
    for (let at = 0; at < words.length; at += 777) await speech.write(words.subarray(at, at + 777));
    const ended = speech.end();
    await pass(2300);
    await ended;
    expect(speech.playedMs).toBe(2000);
    const heard = Int16Array.from(arrived.flatMap(({ pcm }) => [...pcm]));
    const at16k = Int16Array.from({ length: 32_000 }, (_, i) => heard[Math.round(i * 1.5)]!);
    expect(bestLag(words, at16k, 200).correlation).toBeGreaterThan(0.95);
  });

  test('turns rates that Opus does not know into one that it does', async () => {
    const speech = speak({ rate: 22_050 });
    const input = sine(500, 22_050, 22_050);
    for (let at = 0; at < input.length; at += 500) void speech.write(input.subarray(at, at + 500));
    const ended = speech.end();
    await pass(1200);
    await ended;
    expect(speech.playedMs).toBe(1000);
    const heard = Int16Array.from(arrived.slice(5, 45).flatMap(({ pcm }) => [...pcm]));
    expect(bestLag(sine(500, 24_000, 9600), heard, 48).correlation).toBeGreaterThan(0.99);
  });

  test('keeps its speeches in the order they were opened in', async () => {
    const [first, second] = [speak(), speak()];
    void second.write(tone(5, 4000));
    const secondEnded = second.end();
    await pass(100);
    expect(arrived).toEqual([]);
    void first.write(tone(5, 16_000));
    void first.end();
    await pass(300);
    await secondEnded;
    expect(runs()).toBe('v10 s5');
    expect(arrived[2]!.loudness).toBeGreaterThan(2 * arrived[8]!.loudness);
  });

  test('tells of its first packet once, and when voice last left', async () => {
    const at: number[] = [];
    const speech = speak({ onFirstPacket: (ms) => at.push(ms) });
    expect(mouth.lastVoiceAt).toBe(0);
    await pass(100);
    void speech.write(tone(3));
    await pass(400);
    expect(at).toEqual([120]);
    expect(mouth.lastVoiceAt).toBe(160);
  });

  test('pads the last frame', async () => {
    const speech = speak();
    void speech.write(tone(2).subarray(0, 500));
    const ended = speech.end();
    await pass(60);
    await ended;
    expect(speech.playedMs).toBe(40);
  });

  test('is done at once with a speech of nothing', async () => {
    await speak().end();
    const speech = speak();
    void speech.write(tone(1));
    await pass(20);
    expect(runs()).toBe('v1');
  });

  test('takes nothing more after the end', async () => {
    const speech = speak();
    void speech.write(tone(1));
    const ended = speech.end();
    await expect(speech.write(tone(1))).rejects.toThrow(TypeError);
    await pass(20);
    await Promise.all([ended, speech.end()]);
  });

  test('lets a writer use its buffer again', async () => {
    const speech = speak();
    const buffer = tone(3);
    void speech.write(buffer);
    buffer.fill(0);
    await pass(60);
    expect(runs()).toBe('v3');
  });
});

describe('the packets', () => {
  test('keep one line of numbers over talk spurts: time goes on while nothing is sent', async () => {
    for (const pause of [200, 1000, 40]) {
      const speech = speak();
      void speech.write(tone(4));
      const ended = speech.end();
      await pass(80 + pause);
      await ended;
    }
    for (const [i, packet] of arrived.entries()) {
      const before = arrived[i - 1];
      if (!before) continue;
      expect((packet.sequence - before.sequence) & 0xffff).toBe(1);
      expect((packet.timestamp - before.timestamp) >>> 0).toBe((packet.at - before.at) * 48);
    }
    expect(runs()).toBe('v4 s5 v4 s5 v4 s2');
  });

  test('carry the marker where a talk spurt begins, and nowhere else', async () => {
    for (const pause of [400, 60, 40]) {
      const speech = speak();
      void speech.write(tone(3));
      void speech.end();
      await pass(60 + pause);
    }
    expect(runs()).toBe('v3 s5 v3 s3 v3 s2');
    expect(arrived.flatMap(({ marker }, i) => (marker ? [i] : []))).toEqual([0, 8, 14]);
  });

  test('stop while there is nothing to say', async () => {
    void speak().write(tone(3));
    await pass(2000);
    expect(runs()).toBe('v3 s5');
  });

  test('end a speech that runs dry, and begin anew when more is written', async () => {
    const speech = speak();
    void speech.write(tone(3));
    await pass(300);
    void speech.write(tone(3));
    const ended = speech.end();
    await pass(300);
    await ended;
    expect(runs()).toBe('v3 s5 v3 s5');
    expect(arrived.flatMap(({ marker }, i) => (marker ? [i] : []))).toEqual([0, 8]);
    expect(speech.playedMs).toBe(120);
  });

  test('of speeches that follow each other are one talk spurt', async () => {
    for (let i = 0; i < 3; i++) {
      const speech = speak();
      void speech.write(tone(4));
      void speech.end();
    }
    await pass(400);
    expect(runs()).toBe('v12 s5');
    expect(arrived.filter(({ marker }) => marker).length).toBe(1);
  });

  test('come first as silence where the listener has to warm up', async () => {
    mouth.warmUp(200);
    void speak().write(tone(3));
    await pass(500);
    expect(runs()).toBe('s10 v3 s5');
    expect(arrived[10]!.marker).toBe(true);
    mouth.warmUp(200);
    await pass(300);
    expect(runs()).toBe('s10 v3 s5');
  });
});

describe('a writer', () => {
  test('is let 20 s ahead of the voice and no further', async () => {
    const speech = speak();
    let written = 0;
    const writing = (async () => {
      for (; written < 1200; written++) await speech.write(tone(1));
    })();
    await settle();
    expect(written).toBe(999);
    await pass(1000);
    expect(written).toBe(1049);
    reply.abort('enough');
    await expect(writing).rejects.toBe('enough');
  });

  test('that is stuck behind a held voice gets free when its speech is cut', async () => {
    mouth.hold();
    const speech = speak();
    const stuck = speech.write(tone(1100));
    const ended = speech.end();
    await pass(200);
    reply.abort('barge-in');
    await expect(stuck).rejects.toBe('barge-in');
    await expect(ended).rejects.toBe('barge-in');
    expect(arrived).toEqual([]);
  });
});

describe('a cut', () => {
  test('takes effect at once: no packet of it leaves after, and the waiting are told why', async () => {
    const speech = speak();
    const written = speech.write(tone(50));
    const ended = speech.end();
    await pass(200);
    reply.abort('barge-in');
    await expect(ended).rejects.toBe('barge-in');
    await written;
    await expect(speech.write(tone(1))).rejects.toBe('barge-in');
    await pass(400);
    expect(runs()).toBe('v10 s5');
    expect(speech.playedMs).toBe(200);
    expect(mouth.lastVoiceAt).toBe(200);
  });

  test('in the very tick that sends is in time for the next packet', async () => {
    const speech = speak({ onFirstPacket: () => reply.abort('barge-in') });
    void speech.write(tone(50));
    await pass(400);
    expect(runs()).toBe('v1 s5');
    expect(speech.playedMs).toBe(20);
  });

  test('lets the next speech begin with the next frame', async () => {
    const next = new AbortController();
    const first = speak();
    void first.write(tone(50, 4000));
    const second = speak({ signal: next.signal });
    void second.write(tone(5, 16_000));
    await pass(100);
    reply.abort('barge-in');
    await pass(100);
    expect(runs()).toBe('v10');
    expect(arrived[8]!.loudness).toBeGreaterThan(2 * arrived[3]!.loudness);
    expect([first.playedMs, second.playedMs]).toEqual([100, 100]);
  });

  test('that comes late does not touch the speech after it', async () => {
    const speech = speak();
    void speech.write(tone(2));
    const ended = speech.end();
    await pass(40);
    await ended;
    const next = new AbortController();
    const second = speak({ signal: next.signal });
    void second.write(tone(5));
    await pass(20);
    reply.abort('too late');
    const secondEnded = second.end();
    await pass(200);
    await secondEnded;
    expect(speech.playedMs).toBe(40);
    expect(second.playedMs).toBe(100);
    await speech.end();
  });

  test('before the first word leaves silence as it was', async () => {
    const speech = speak();
    void speech.write(tone(10));
    reply.abort('superseded');
    await pass(200);
    expect(arrived).toEqual([]);
    expect(speech.playedMs).toBe(0);
  });

  test('of what is not open yet is known from the start', async () => {
    reply.abort('superseded');
    const speech = speak({ rate: 22_050 });
    await expect(speech.write(tone(1))).rejects.toBe('superseded');
    await expect(speech.end()).rejects.toBe('superseded');
  });

  test('in mid-word fades out and does not click', async () => {
    void speak().write(sine(120, 24_000, 24_000, 12_000));
    await pass(200);
    reply.abort('barge-in');
    await pass(200);
    const heard = Int16Array.from(arrived.flatMap(({ pcm }) => [...pcm]));
    const steepest = (from: number, to: number): number => {
      let most = 0;
      for (let i = from + 1; i < to; i++) most = Math.max(most, Math.abs(heard[i]! - heard[i - 1]!));
      return most;
    };
    const cutAt = 10 * 480;
    expect(steepest(cutAt - 200, cutAt + 960)).toBeLessThan(2.5 * steepest(2400, 4000));
    expect(rms(heard.subarray(cutAt + 600))).toBeLessThan(rms(heard.subarray(2400, 4000)) / 20);
  });
});

describe('ducking', () => {
  test('comes in over one frame and goes as it came', async () => {
    void speak().write(tone(60));
    await pass(400);
    mouth.duck(0.25);
    await pass(400);
    mouth.duck(1);
    await pass(400);
    const loud = (i: number): number => arrived[i]!.loudness / arrived[15]!.loudness;
    expect(loud(19)).toBeCloseTo(1, 1);
    expect(loud(20)).toBeLessThan(0.95);
    expect(loud(20)).toBeGreaterThan(0.3);
    expect(loud(25)).toBeCloseTo(0.25, 1);
    expect(loud(39)).toBeCloseTo(0.25, 1);
    expect(loud(45)).toBeCloseTo(1, 1);
  });

  test('of a silent mouth holds from the first frame on', async () => {
    mouth.duck(0.25);
    await pass(40);
    void speak().write(tone(20));
    await pass(400);
    expect(arrived[5]!.loudness).toBeCloseTo(arrived[15]!.loudness, -2);
    expect(arrived[15]!.loudness).toBeLessThan(2500);
  });

  test('by more than all or less than nothing is refused', () => {
    for (const gain of [-0.1, 1.1, Number.NaN]) expect(() => mouth.duck(gain)).toThrow(RangeError);
  });
});

describe('holding', () => {
  test('stops at the next frame, and goes on later from where it was', async () => {
    const speech = speak();
    void speech.write(tone(20));
    const ended = speech.end();
    await pass(200);
    mouth.hold();
    await pass(1000);
    expect(runs()).toBe('v10 s5');
    expect(speech.playedMs).toBe(200);
    mouth.resume();
    await pass(400);
    await ended;
    expect(runs()).toBe('v10 s5 v10 s5');
    expect(arrived[15]!.marker).toBe(true);
    expect(speech.playedMs).toBe(400);
  });

  test('does not keep a speech from being cut', async () => {
    const speech = speak();
    void speech.write(tone(20));
    await pass(100);
    mouth.hold();
    await pass(100);
    reply.abort('barge-in');
    mouth.resume();
    await pass(300);
    expect(runs()).toBe('v5 s5');
  });
});

describe('loss that the listeners report', () => {
  const report = async (fractionLost: number, ssrc = SSRC): Promise<void> => {
    const bytes = Buffer.alloc(32);
    bytes.writeUInt32BE(0x81c90007, 0);
    bytes.writeUInt32BE(ssrc, 8);
    bytes.writeUInt8(Math.round(fractionLost * 256), 12);
    const seen = from.stats.received;
    to.send(bytes, from.address);
    while (from.stats.received === seen) await settle();
  };
  const talk = async (): Promise<number> => {
    const since = arrived.length;
    const speech = speak({ rate: 16_000, signal: new AbortController().signal });
    void speech.write(words);
    void speech.end();
    await pass(2200);
    return arrived.slice(since).filter(({ payload }) => hasFec(payload)).length;
  };

  test('switches FEC on, and off again when it has long stopped', async () => {
    expect(await talk()).toBe(0);
    await report(0.1);
    expect(await talk()).toBeGreaterThan(40);
    for (let i = 0; i < 11; i++) await report(0);
    expect(await talk()).toBeGreaterThan(40);
    await report(0);
    expect(await talk()).toBe(0);
  });

  test('of other streams, or next to none, changes nothing', async () => {
    await report(0.5, SSRC + 1);
    await report(0.01);
    expect(await talk()).toBe(0);
  });
});

describe('a closed mouth', () => {
  test('has cut its speeches, sends nothing, and can be closed again', async () => {
    const speech = speak();
    void speech.write(tone(20));
    const ended = speech.end();
    await pass(100);
    mouth.close();
    await expect(ended).rejects.toBeInstanceOf(ScopeClosed);
    mouth.close();
    mouth.warmUp(100);
    await expect(speak().end()).rejects.toBeInstanceOf(ScopeClosed);
    await pass(300);
    expect(runs()).toBe('v5');
  });
});
