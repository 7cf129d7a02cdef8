import { describe, expect, test } from '@jest/globals';
import OpusScript from 'opusscript';
import { bestLag, correlation, rms, seededRandom, sine, speechClip } from '../testing/index.ts';
import { hasFec, type OpusEncoder, type OpusEncoderOptions, OpusError, OpusLibrary, packetMs } from './index.ts';

const library = await OpusLibrary.load();
const speech = speechClip('jfk').samples.subarray(0, 64_000);
const FRAME = 320;

const framesOf = (samples: Int16Array, length = FRAME): Int16Array[] =>
  Array.from({ length: Math.floor(samples.length / length) }, (_, i) => samples.subarray(i * length, (i + 1) * length));

function joined(frames: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(frames.reduce((sum, frame) => sum + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    all.set(frame, at);
    at += frame.length;
  }
  return all;
}

function encodeAll(samples: Int16Array, options: Partial<OpusEncoderOptions> = {}): Uint8Array[] {
  const encoder = library.encoder({ rate: 16_000, ...options });
  const packets = framesOf(samples).map((frame) => encoder.encode(frame));
  encoder.close();
  return packets;
}

function decodeAll(packets: readonly Uint8Array[]): Int16Array {
  const decoder = library.decoder({ rate: 16_000 });
  const pcm = joined(packets.map((packet) => decoder.decode(packet)));
  decoder.close();
  return pcm;
}

describe('a round trip', () => {
  test.each(['audio', 'voip'] as const)('keeps speech as %s', (application) => {
    const heard = decodeAll(encodeAll(speech, { application }));
    expect(bestLag(speech, heard, 120).correlation).toBeGreaterThan(0.96);
  });

  test('without SIMD gives the same speech', async () => {
    const plain = await OpusLibrary.load({ simd: false });
    const decoder = plain.decoder({ rate: 16_000 });
    const packets = encodeAll(speech);
    const heard = joined(packets.map((packet) => decoder.decode(packet)));
    decoder.close();
    expect(correlation(decodeAll(packets), heard)).toBeGreaterThan(0.999);
  });

  test('decodes to the rate that is asked for, whatever was encoded', () => {
    const encoder = library.encoder({ rate: 48_000 });
    const decoder = library.decoder({ rate: 16_000 });
    const heard = joined(
      framesOf(sine(440, 48_000, 48_000), 960).map((frame) => decoder.decode(encoder.encode(frame))),
    );
    encoder.close();
    decoder.close();
    expect(heard.length).toBe(16_000);
    expect(bestLag(sine(440, 16_000, 4000), heard.subarray(4000), 40).correlation).toBeGreaterThan(0.99);
  });

  test('is what a second implementation of Opus hears', () => {
    const other = new OpusScript(16_000, 1, OpusScript.Application.AUDIO);
    const packets = encodeAll(speech);
    const theirs = joined(packets.map((packet) => toSamples(other.decode(Buffer.from(packet)))));
    other.delete();
    expect(correlation(decodeAll(packets), theirs)).toBeGreaterThan(0.999);
  });

  test('understands what a second implementation of Opus says', () => {
    const other = new OpusScript(16_000, 1, OpusScript.Application.AUDIO);
    const packets = framesOf(speech).map((frame) => {
      const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength);
      return Uint8Array.from(other.encode(bytes, FRAME));
    });
    other.delete();
    expect(bestLag(speech, decodeAll(packets), 120).correlation).toBeGreaterThan(0.96);
  });

  test('leaves room for a header before the packet', () => {
    const encoder = library.encoder({ rate: 16_000 });
    const packet = encoder.encode(speech.subarray(0, FRAME), 12);
    encoder.close();
    expect([...packet.subarray(0, 12)]).toEqual(new Array(12).fill(0));
    expect(decodeAll([packet.subarray(12)]).length).toBe(FRAME);
  });
});

describe('lost packets', () => {
  test('come back from the FEC of the next, far better than a guess', () => {
    const packets = encodeAll(speech, { application: 'voip', fec: true, expectedLossPercent: 20 });
    const clean = decodeAll(packets);
    const error = { fec: 0, plc: 0, signal: 0 };
    for (const kind of ['fec', 'plc'] as const) {
      const decoder = library.decoder({ rate: 16_000 });
      for (const [i, packet] of packets.entries()) {
        const next = packets[i + 1];
        const isLost = i % 10 === 5 && next && hasFec(next);
        if (!isLost) {
          decoder.decode(packet);
          continue;
        }
        const made = kind === 'fec' ? decoder.decodeFec(next, FRAME) : decoder.conceal(FRAME);
        const truth = clean.subarray(i * FRAME, (i + 1) * FRAME);
        error[kind] += rms(made.map((sample, k) => sample - truth[k]!)) ** 2;
        error.signal += rms(truth) ** 2 / 2;
      }
      decoder.close();
    }
    const db = (noise: number): number => 10 * Math.log10(error.signal / noise);
    // Measured over seven clips: 11 to 19 dB with FEC, -1 to 3 dB guessed.
    expect(db(error.fec)).toBeGreaterThan(db(error.plc) + 6);
    expect(db(error.fec)).toBeGreaterThan(9);
  });

  test('are announced by the packet that carries their copy', () => {
    const withFec = encodeAll(speech, { fec: true, expectedLossPercent: 20 });
    expect(withFec.filter(hasFec).length).toBeGreaterThan(withFec.length / 2);
    expect(encodeAll(speech).filter(hasFec)).toEqual([]);
  });

  test('are covered from the next frame on when loss is reported', () => {
    const encoder = library.encoder({ rate: 16_000 });
    const packets = framesOf(speech).map((frame, i) => {
      if (i === 50) encoder.setLoss({ fec: true, expectedLossPercent: 20 });
      return encoder.encode(frame);
    });
    encoder.close();
    expect(packets.slice(0, 50).filter(hasFec)).toEqual([]);
    expect(packets.slice(50).filter(hasFec).length).toBeGreaterThan(40);
    expect(bestLag(speech, decodeAll(packets), 120).correlation).toBeGreaterThan(0.95);
  });

  test('longer than the packets before them can be concealed too', () => {
    const decoder = library.decoder({ rate: 16_000 });
    for (const packet of encodeAll(speech).slice(40, 60)) decoder.decode(packet);
    expect(decoder.conceal(960).length).toBe(960);
    decoder.close();
  });
});

describe('packets that are no Opus', () => {
  test('are refused with a reason, and the stream goes on unharmed', () => {
    const packets = encodeAll(speech);
    const decoder = library.decoder({ rate: 16_000 });
    const heard = joined(
      packets.map((packet) => {
        for (const bad of [new Uint8Array(0), Uint8Array.of(0xff), Uint8Array.of(0x03, 0x00), new Uint8Array(5000)]) {
          expect(() => decoder.decode(bad)).toThrow(expect.objectContaining({ reason: 'invalid-packet' }));
        }
        return decoder.decode(packet);
      }),
    );
    decoder.close();
    expect(correlation(decodeAll(packets), heard)).toBeGreaterThan(0.9999);
  });

  test('of random bytes either decode or are refused, and never break a decoder', () => {
    const random = seededRandom(11);
    const decoder = library.decoder({ rate: 16_000 });
    for (let i = 0; i < 5000; i++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.floor(random() * 256));
      try {
        expect(decoder.decode(bytes).length).toBeLessThanOrEqual(1920);
      } catch (error) {
        expect(error).toBeInstanceOf(OpusError);
      }
    }
    for (const packet of encodeAll(speech)) decoder.decode(packet);
    decoder.close();
    expect(bestLag(speech, decodeAll(encodeAll(speech)), 120).correlation).toBeGreaterThan(0.96);
  });

  test('have their length read from the first bytes', () => {
    const encoder = library.encoder({ rate: 16_000 });
    for (const ms of [5, 10, 20, 40, 60]) expect(packetMs(encoder.encode(speech.subarray(0, ms * 16)))).toBe(ms);
    encoder.close();
    expect(packetMs(new Uint8Array(0))).toBe(0);
  });
});

describe('many codecs in one thread', () => {
  const RATES = [16_000, 24_000, 48_000] as const;

  test('300 encoders and 300 decoders, interleaved, each keep their own audio', () => {
    const lanes = Array.from({ length: 300 }, (_, lane) => {
      const rate = RATES[lane % 3]!;
      const hz = 200 + lane * 4;
      const tone = framesOf(sine(hz, rate, rate / 5), rate / 50);
      return { hz, tone, encoder: library.encoder({ rate }), decoder: library.decoder({ rate: 16_000 }) };
    });
    const heard = lanes.map(() => [] as Int16Array[]);
    for (let frame = 0; frame < 10; frame++) {
      for (const [i, { tone, encoder, decoder }] of lanes.entries())
        heard[i]!.push(decoder.decode(encoder.encode(tone[frame]!)));
    }
    expect(library.live).toBe(600);
    for (const [i, { hz, encoder, decoder }] of lanes.entries()) {
      const settled = joined(heard[i]!).subarray(640);
      expect(bestLag(sine(hz, 16_000, 500), settled, 40).correlation).toBeGreaterThan(0.95);
      encoder.close();
      decoder.close();
    }
    expect(library.live).toBe(0);
  });

  test('give their memory back, however many come and go', () => {
    const openAndClose = (): void => {
      const encoders: OpusEncoder[] = [];
      for (let i = 0; i < 300; i++) encoders.push(library.encoder({ rate: RATES[i % 3]! }));
      for (const encoder of encoders) encoder.encode(new Int16Array(encoder.rate / 50));
      for (const encoder of encoders) encoder.close();
    };
    openAndClose();
    const before = library.memoryBytes;
    for (let round = 0; round < 10; round++) openAndClose();
    expect(library.memoryBytes).toBe(before);
    expect(library.live).toBe(0);
  });

  test('are refused after they are closed, which can be done twice', () => {
    const encoder = library.encoder({ rate: 16_000 });
    const decoder = library.decoder({ rate: 16_000 });
    for (const codec of [encoder, decoder, encoder, decoder]) codec.close();
    expect(() => encoder.encode(new Int16Array(FRAME))).toThrow(expect.objectContaining({ reason: 'closed' }));
    expect(() => decoder.conceal(FRAME)).toThrow(expect.objectContaining({ reason: 'closed' }));
    expect(library.live).toBe(0);
  });
});

describe('an encoder', () => {
  test('refuses a frame of a wrong length and goes on', () => {
    const encoder = library.encoder({ rate: 16_000 });
    for (const length of [0, 319, 321, 100_000]) {
      expect(() => encoder.encode(new Int16Array(length))).toThrow(expect.objectContaining({ reason: 'bad-argument' }));
    }
    expect(encoder.encode(new Int16Array(FRAME)).length).toBeGreaterThan(0);
    encoder.close();
  });

  test('refuses settings out of range without leaking memory', () => {
    expect(() => library.encoder({ rate: 16_000, complexity: 11 })).toThrow(OpusError);
    expect(() => library.encoder({ rate: 22_050 as 24_000 })).toThrow(OpusError);
    expect(library.live).toBe(0);
  });

  test('keeps to its bitrate', () => {
    for (const bitrate of [16_000, 32_000, 64_000]) {
      const bytes = encodeAll(speech, { bitrate }).reduce((sum, packet) => sum + packet.length, 0);
      expect((bytes * 8) / (speech.length / 16_000) / bitrate).toBeCloseTo(1, 0);
    }
  });
});

function toSamples(bytes: Buffer): Int16Array {
  return new Int16Array(Uint8Array.from(bytes).buffer);
}
