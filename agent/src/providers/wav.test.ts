import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readWav } from '../testing/index.ts';
import { PcmBytes } from './pcm.ts';
import { WavStream, wavFile } from './wav.ts';

const samples = Int16Array.from({ length: 500 }, (_, i) => (i * 131) % 65_536);

const concat = (parts: readonly Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));

describe('a WAV file', () => {
  test('of several parts is read back by another reader', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wav-'));
    writeFileSync(join(folder, 'a.wav'), wavFile([samples.subarray(0, 200), samples.subarray(200)], 16_000));
    expect(readWav(join(folder, 'a.wav'))).toEqual({ samples, rate: 16_000 });
    rmSync(folder, { recursive: true });
  });

  test.each([1, 2, 7, 43, 45, 4000])('is taken as it comes, in pieces of %d bytes', (size) => {
    const file = wavFile([samples], 22_050);
    const stream = new WavStream();
    const parts: Int16Array[] = [];
    for (let at = 0; at < file.length; at += size) parts.push(stream.push(file.subarray(at, at + size)));
    expect(stream.rate).toBe(22_050);
    expect(concat(parts)).toEqual(samples);
  });

  test('of another kind is refused', () => {
    expect(() => new WavStream().push(new Uint8Array(100))).toThrow(TypeError);
    const stereo = wavFile([samples], 16_000);
    stereo[22] = 2;
    expect(() => new WavStream().push(stereo)).toThrow('not 16-bit mono');
    const endless = wavFile([], 16_000).subarray(0, 36);
    const stream = new WavStream();
    stream.push(endless);
    expect(() => {
      for (let i = 0; i < 1000; i++) stream.push(new Uint8Array(1000));
    }).toThrow(TypeError);
  });
});

test.each([1, 3, 5, 8])('PCM bytes cut into pieces of %d become the same samples', (size) => {
  const bytes = new Uint8Array(samples.buffer);
  const pcm = new PcmBytes();
  const parts: Int16Array[] = [];
  for (let at = 0; at < bytes.length; at += size) parts.push(pcm.push(bytes.subarray(at, at + size)));
  expect(concat(parts)).toEqual(samples);
  expect(pcm.push(new Uint8Array(0))).toHaveLength(0);
});
