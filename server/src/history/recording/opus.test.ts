import { describe, expect, test } from '@jest/globals';
import { frameMs, packetOf, unitsOf } from './opus.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (packet: Uint8Array): string => Buffer.from(packet).toString('hex');
const cut = (packet: string): string[] =>
  unitsOf(bytes(packet)).map((unit) => hex(packetOf(unit, { delimited: false })));

describe('an Opus packet', () => {
  test.each([
    ['SILK, 20 ms', 0x48, 20],
    ['SILK, 60 ms', 0x18, 60],
    ['hybrid, 20 ms', 0x78, 20],
    ['CELT, 2.5 ms', 0x80, 2.5],
    ['CELT, 20 ms', 0xf8, 20],
  ])('of %s says how long its frames are', (_, toc, ms) => {
    expect(frameMs(toc)).toBe(ms);
  });

  test.each([
    ['one frame of 20 ms stays as it is', 'f8 aabb', ['f8aabb']],
    ['an empty frame stays one', '48', ['48']],
    ['two frames of 20 ms are two packets', 'f9 aabb', ['f8aa', 'f8bb']],
    ['two frames of different length, too', 'fa 02 aabb cc', ['f8aabb', 'f8cc']],
    ['three frames with padding are three', 'fb c3 02 01 01 aabbcc 0000', ['f8aa', 'f8bb', 'f8cc']],
    ['three frames of one length are three', 'fb 03 aabbcc', ['f8aa', 'f8bb', 'f8cc']],
    ['two frames of 10 ms are one packet', 'f1 aabb', ['f201aabb']],
    ['one frame of 10 ms is no unit', 'f0 aa', []],
    ['a frame of 60 ms cannot be cut', '18 aa', []],
    ['a packet that ends too early is none', 'fa 05 aa', []],
    ['a packet of no frames is none', 'fb 00', []],
    ['nothing is none', '', []],
  ])('%s', (_, packet, units) => {
    expect(cut(packet)).toEqual(units);
  });

  test('has its own length where another one follows', () => {
    const delimited = (packet: string): string => hex(packetOf(unitsOf(bytes(packet))[0]!, { delimited: true }));
    expect(delimited('f8 aabb')).toBe('f802aabb');
    expect(delimited('f1 aabb')).toBe('f20101aabb');
    const long = `f8${'ab'.repeat(300)}`;
    // 300 = 252 + 0 + 4 * 12.
    expect(delimited(long)).toBe(`f8fc0c${'ab'.repeat(300)}`);
  });
});
