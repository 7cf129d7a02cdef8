import { RealtimeError } from './protocol.ts';

/** How audio is written in events, as base64. */
export type AudioFormat =
  | { readonly type: 'audio/pcm'; readonly rate: 24000 }
  | { readonly type: 'audio/pcmu' }
  | { readonly type: 'audio/pcma' };

/** Hz. */
export const rateOf = (format: AudioFormat): number => (format.type === 'audio/pcm' ? format.rate : 8000);

export const msOf = (samples: number, format: AudioFormat): number => (samples * 1000) / rateOf(format);

/** Throws a RealtimeError for what is no audio. */
export function decodeAudio(text: string, format: AudioFormat): Int16Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0) throw new RealtimeError('invalid_value', 'audio is base64, and not empty', 'audio');
  if (format.type !== 'audio/pcm') {
    const table = format.type === 'audio/pcmu' ? ULAW : ALAW;
    return Int16Array.from(bytes, (byte) => table[byte] as number);
  }
  if (bytes.length % 2 !== 0)
    throw new RealtimeError('invalid_value', '16-bit audio has an even number of bytes', 'audio');
  const samples = new Int16Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(i * 2);
  return samples;
}

export function encodeAudio(samples: Int16Array, format: AudioFormat): string {
  if (format.type !== 'audio/pcm') {
    const encode = format.type === 'audio/pcmu' ? toUlaw : toAlaw;
    return Buffer.from(Uint8Array.from(samples, encode)).toString('base64');
  }
  const bytes = Buffer.allocUnsafe(samples.length * 2);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(samples[i] as number, i * 2);
  return bytes.toString('base64');
}

const BIAS = 0x84;
const CLIP = 32_635;

/** ITU-T G.711, u-law. */
function toUlaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff;
}

function fromUlaw(byte: number): number {
  const code = ~byte & 0xff;
  const exponent = (code >> 4) & 7;
  const magnitude = (((code & 0x0f) << 3) + BIAS) << exponent;
  return code & 0x80 ? BIAS - magnitude : magnitude - BIAS;
}

/** ITU-T G.711, A-law: every other bit is turned. */
const EVERY_OTHER = 0x55;

function toAlaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32_767) >> 4;
  const exponent = magnitude < 32 ? (magnitude < 16 ? 0 : 1) : 31 - Math.clz32(magnitude) - 3;
  const mantissa = exponent < 2 ? magnitude & 0x0f : (magnitude >> (exponent - 1)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ EVERY_OTHER;
}

function fromAlaw(byte: number): number {
  const code = byte ^ EVERY_OTHER;
  const exponent = (code >> 4) & 7;
  const mantissa = (((code & 0x0f) << 1) | 1) << 3;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

const ULAW = Int16Array.from({ length: 256 }, (_, byte) => fromUlaw(byte));
const ALAW = Int16Array.from({ length: 256 }, (_, byte) => fromAlaw(byte));
