import { PcmBytes } from './pcm.ts';

const HEADER_BYTES = 44;
const MAX_HEADER_BYTES = 64 * 1024;

/** A WAV file of 16-bit mono PCM, in memory. */
export function wavFile(parts: readonly Int16Array[], rate: number): Uint8Array<ArrayBuffer> {
  const dataBytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const file = new Uint8Array(HEADER_BYTES + dataBytes);
  const view = new DataView(file.buffer);
  const ascii = (at: number, text: string): void => void new TextEncoder().encodeInto(text, file.subarray(at));
  ascii(0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  ascii(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  ascii(36, 'data');
  view.setUint32(40, dataBytes, true);
  let at = HEADER_BYTES;
  for (const part of parts) {
    file.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return file;
}

/** Where the samples of a streamed WAV begin and how they are made; undefined while more bytes are needed. */
export function parseWavHeader(bytes: Uint8Array): { dataAt: number; rate: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12) return undefined;
  if (id(0) !== 'RIFF' || id(8) !== 'WAVE') throw new TypeError('not a WAV stream');
  let rate = 0;
  for (let at = 12; at + 8 <= bytes.length; at += 8 + view.getUint32(at + 4, true)) {
    if (id(at) === 'data') return { dataAt: at + 8, rate };
    if (id(at) !== 'fmt ') continue;
    if (at + 24 > bytes.length) return undefined;
    const mono16 =
      view.getUint16(at + 8, true) === 1 && view.getUint16(at + 10, true) === 1 && view.getUint16(at + 22, true) === 16;
    if (!mono16) throw new TypeError('not 16-bit mono PCM');
    rate = view.getUint32(at + 12, true);
  }
  return undefined;
}

/** A streamed WAV of 16-bit mono PCM, taken as it comes. */
export class WavStream {
  readonly #pcm = new PcmBytes();
  #header: Uint8Array | undefined = new Uint8Array(0);
  #rate = 0;

  /** Hz; 0 until the header is there. */
  get rate(): number {
    return this.#rate;
  }

  /** The samples in `bytes`. Throws TypeError for what is not a WAV of this kind. */
  push(bytes: Uint8Array): Int16Array {
    if (this.#header === undefined) return this.#pcm.push(bytes);
    this.#header = Buffer.concat([this.#header, bytes]);
    const parsed = parseWavHeader(this.#header);
    if (!parsed && this.#header.length > MAX_HEADER_BYTES) throw new TypeError('a WAV header without an end');
    if (!parsed) return new Int16Array(0);
    const data = this.#header.subarray(parsed.dataAt);
    this.#header = undefined;
    this.#rate = parsed.rate;
    return this.#pcm.push(data);
  }
}
