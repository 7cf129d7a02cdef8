import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../testing/index.ts';
import { dumpRtp, isRtcp, parseRtp, type RtpFields, serializeRtp, writeRtpHeader } from './index.ts';

/** Bytes of a fixture: hex, with what each line is after `//`. */
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\/\/.*$|\s/gm, ''), 'hex'));

const PLAIN = hex(`
  80          // version 2, no padding, no extension, no CSRC
  ef          // marker, payload type 111
  12 34       // sequence
  de ad be ef // timestamp
  00 00 00 2a // SSRC
  f8 ff fe    // payload
`);

const FULL = hex(`
  b2          // version 2, padding, extension, two CSRCs
  6f          // no marker, payload type 111
  ff ff       // sequence
  00 00 03 c0 // timestamp
  ff ff ff ff // SSRC
  00 00 00 01 // CSRC
  80 00 00 00 // CSRC
  be de 00 02 // one-byte extensions, two words
  10 aa 22 bb // id 1, one byte; id 2, three bytes
  cc dd 00 00 // the rest of it, padding of the extension
  f8 ff fe    // payload
  00 00 03    // three bytes of padding
`);

describe('a packet', () => {
  test('is read with the fixed header alone', () => {
    expect(parseRtp(PLAIN)).toEqual({
      payloadType: 111,
      marker: true,
      sequence: 0x1234,
      timestamp: 0xdeadbeef,
      ssrc: 42,
      csrcs: [],
      extension: undefined,
      payload: hex('f8 ff fe'),
      padding: 0,
    });
  });

  test('is read with CSRCs, an extension and padding', () => {
    expect(parseRtp(FULL)).toEqual({
      payloadType: 111,
      marker: false,
      sequence: 0xffff,
      timestamp: 960,
      ssrc: 0xffffffff,
      csrcs: [1, 0x80000000],
      extension: { profile: 0xbede, data: hex('10 aa 22 bb cc dd 00 00') },
      payload: hex('f8 ff fe'),
      padding: 3,
    });
  });

  test('of padding alone has no payload', () => {
    expect(parseRtp(hex('a06f 0001 00000000 00000001 00 00 03')).payload.length).toBe(0);
  });

  test('is read from the middle of a larger buffer', () => {
    const larger = Uint8Array.of(1, 2, 3, ...FULL, 9, 9);
    expect(parseRtp(larger.subarray(3, 3 + FULL.length))).toEqual(parseRtp(FULL));
  });

  test.each([PLAIN, FULL])('is written as it was read', (bytes) => {
    expect(serializeRtp(parseRtp(bytes))).toEqual(bytes);
  });

  test('wraps its numbers at their width', () => {
    const packet = parseRtp(
      serializeRtp({ payloadType: 0, sequence: 0x10005, timestamp: 2 ** 32 + 7, ssrc: 1, payload: Uint8Array.of(1) }),
    );
    expect(packet).toMatchObject({ sequence: 5, timestamp: 7 });
  });

  test('gets its header in front of a payload that is there', () => {
    const bytes = Uint8Array.of(...new Uint8Array(12), 0xf8, 0xff, 0xfe);
    writeRtpHeader(bytes, { payloadType: 111, marker: true, sequence: 0x1234, timestamp: 0xdeadbeef, ssrc: 42 });
    expect(bytes).toEqual(PLAIN);
  });

  test('can be shown to people', () => {
    expect(dumpRtp(parseRtp(PLAIN))).toBe('RTP pt=111 seq=4660 ts=3735928559 ssrc=0x0000002a marker payload=3B');
    expect(dumpRtp(parseRtp(FULL))).toBe(
      'RTP pt=111 seq=65535 ts=960 ssrc=0xffffffff csrcs=1,2147483648 extension=0xbede:8B payload=3B padding=3B',
    );
  });
});

describe('what is no packet', () => {
  test('of another version is refused', () => {
    expect(() => parseRtp(hex('406f 0001 00000000 00000001 ff'))).toThrow(TypeError);
  });

  test.each([
    ['nothing', ''],
    ['less than a header', '806f 0001 00000000 000000'],
    ['CSRCs that are not there', '8f6f 0001 00000000 00000001 00000000'],
    ['an extension without its length', '906f 0001 00000000 00000001 bede'],
    ['an extension longer than the packet', '906f 0001 00000000 00000001 bede 0002 00000000'],
    ['padding longer than the packet', 'a06f 0001 00000000 00000001 ff'],
    ['padding of no length', 'a06f 0001 00000000 00000001 ff 00'],
  ])('%s is refused', (_, text) => {
    expect(() => parseRtp(hex(text))).toThrow(RangeError);
  });

  test('is not written either', () => {
    const fields: RtpFields = { payloadType: 111, sequence: 1, timestamp: 1, ssrc: 1, payload: Uint8Array.of(1) };
    const data = new Uint8Array(3);
    expect(() => serializeRtp({ ...fields, payloadType: 128 })).toThrow(RangeError);
    expect(() => serializeRtp({ ...fields, csrcs: new Array<number>(16).fill(1) })).toThrow(RangeError);
    expect(() => serializeRtp({ ...fields, padding: 256 })).toThrow(RangeError);
    expect(() => serializeRtp({ ...fields, extension: { profile: 1, data } })).toThrow(RangeError);
  });

  test('RTCP on the same port is told apart', () => {
    expect(isRtcp(hex('80c8 0006'))).toBe(true);
    expect(isRtcp(hex('81c9 0007'))).toBe(true);
    expect(isRtcp(PLAIN)).toBe(false);
    expect(isRtcp(FULL)).toBe(false);
    expect(isRtcp(hex('80'))).toBe(false);
  });
});

describe('10,000 packets', () => {
  test('made at random come back as they went', () => {
    const random = seededRandom(42);
    const upTo = (n: number): number => Math.floor(random() * n);
    const bytes = (n: number): Uint8Array => Uint8Array.from({ length: n }, () => upTo(256));
    for (let i = 0; i < 10_000; i++) {
      const packet = {
        payloadType: upTo(128),
        marker: random() < 0.5,
        sequence: upTo(2 ** 16),
        timestamp: upTo(2 ** 32),
        ssrc: upTo(2 ** 32),
        csrcs: Array.from({ length: random() < 0.3 ? upTo(16) : 0 }, () => upTo(2 ** 32)),
        extension: random() < 0.5 ? { profile: upTo(2 ** 16), data: bytes(4 * upTo(5)) } : undefined,
        payload: bytes(upTo(60)),
        padding: random() < 0.3 ? 1 + upTo(255) : 0,
      };
      const again = parseRtp(serializeRtp(packet));
      if (dumpRtp(again) !== dumpRtp(packet)) expect(again).toEqual(packet);
      if (Buffer.compare(again.payload, packet.payload) !== 0) expect(again.payload).toEqual(packet.payload);
    }
  });

  test('of noise, and of good packets with bytes changed or cut off, are read or refused', () => {
    const random = seededRandom(43);
    const upTo = (n: number): number => Math.floor(random() * n);
    let refused = 0;
    for (let i = 0; i < 10_000; i++) {
      const bytes =
        random() < 0.5 ? FULL.slice(0, upTo(FULL.length + 1)) : new Uint8Array(upTo(40)).map(() => upTo(256));
      if (bytes.length > 0) bytes[upTo(bytes.length)] = upTo(256);
      try {
        const packet = parseRtp(bytes);
        const { length } = packet.payload;
        expect(length + packet.padding).toBeLessThanOrEqual(bytes.length - 12);
      } catch (error) {
        refused++;
        if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
      }
    }
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(10_000);
  });
});
