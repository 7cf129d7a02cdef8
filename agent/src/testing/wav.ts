import { readFileSync, writeFileSync } from 'node:fs';

/** Mono PCM with its rate in Hz. */
export interface Wav {
  readonly samples: Int16Array;
  readonly rate: number;
}

/** Reads a WAV file of 16-bit mono PCM. Throws TypeError for anything else. */
export function readWav(path: string | URL): Wav {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new TypeError(`${path} is not a WAV file`);
  }
  let rate = 0;
  for (let at = 12; at + 8 <= file.length; ) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    const body = file.subarray(at + 8, at + 8 + size);
    if (id === 'fmt ') {
      const mono16 = body.readUInt16LE(2) === 1 && body.readUInt16LE(14) === 16;
      if (!mono16) throw new TypeError(`${path} is not 16-bit mono`);
      rate = body.readUInt32LE(4);
    }
    // A streamed file gives a size past its own end: what is there counts.
    if (id === 'data')
      return { samples: Int16Array.from({ length: body.length >> 1 }, (_, i) => body.readInt16LE(i * 2)), rate };
    at += 8 + size + (size & 1);
  }
  throw new TypeError(`${path} has no data`);
}

/** Writes 16-bit PCM as a WAV file; the samples of several channels are interleaved. */
export function writeWav(path: string | URL, { samples, rate }: Wav, channels = 1): void {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * channels * 2, 28);
  file.writeUInt16LE(channels * 2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => {
    file.writeInt16LE(sample, 44 + i * 2);
  });
  writeFileSync(path, file);
}

/** A clip of real speech from `agent/fixtures/speech`, 16 kHz; its manifest names text and licence. */
export const speechClip = (name: string): Wav => readWav(new URL(`../../fixtures/speech/${name}.wav`, import.meta.url));
