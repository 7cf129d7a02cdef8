import { describe, expect, test } from '@jest/globals';
import { type AudioFormat, decodeAudio, encodeAudio, msOf } from './audio.ts';

const tone = Int16Array.from({ length: 800 }, (_, i) => Math.round(20_000 * Math.sin(i / 7)));
const loudness = (samples: Int16Array): number => samples.reduce((sum, each) => sum + each * each, 0);

describe('audio in events', () => {
  test('is 16-bit little-endian PCM, to the sample', () => {
    const format: AudioFormat = { type: 'audio/pcm', rate: 24_000 };
    expect(Buffer.from(encodeAudio(Int16Array.of(1, -2), format), 'base64')).toEqual(Buffer.from([1, 0, 254, 255]));
    expect(decodeAudio(encodeAudio(tone, format), format)).toEqual(tone);
    expect(msOf(480, format)).toBe(20);
  });

  test.each(['audio/pcmu', 'audio/pcma'] as const)('is %s, a byte each, within the noise of eight bits', (type) => {
    const format: AudioFormat = { type };
    expect(Buffer.from(encodeAudio(tone, format), 'base64')).toHaveLength(tone.length);
    const decoded = decodeAudio(encodeAudio(tone, format), format);
    const noise = tone.map((each, i) => each - (decoded[i] as number));
    expect(10 * Math.log10(loudness(tone) / loudness(noise))).toBeGreaterThan(35);
    expect(msOf(160, format)).toBe(20);
  });

  test('has the codes that G.711 gives to silence and to its loudest', () => {
    const code = (type: 'audio/pcmu' | 'audio/pcma', sample: number): number | undefined =>
      Buffer.from(encodeAudio(Int16Array.of(sample), { type }), 'base64')[0];
    expect([0, 32_767, -32_768].map((sample) => code('audio/pcmu', sample))).toEqual([0xff, 0x80, 0x00]);
    expect([0, 32_767, -32_768].map((sample) => code('audio/pcma', sample))).toEqual([0xd5, 0xaa, 0x2a]);
    for (const type of ['audio/pcmu', 'audio/pcma'] as const) {
      for (let byte = 0; byte < 256; byte++) {
        const [sample = 0] = decodeAudio(Buffer.from([byte]).toString('base64'), { type });
        // u-law has two zeros.
        expect(code(type, sample)).toBe(type === 'audio/pcmu' && byte === 0x7f ? 0xff : byte);
      }
    }
  });

  test('is neither empty nor half a sample', () => {
    const format: AudioFormat = { type: 'audio/pcm', rate: 24_000 };
    expect(() => decodeAudio('', format)).toThrow('not empty');
    expect(() => decodeAudio(Buffer.from([1, 2, 3]).toString('base64'), format)).toThrow('even number');
  });
});
