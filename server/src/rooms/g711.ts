// How telephones write audio (ITU-T G.711): a byte for each sample, at 8 kHz.

/** Hz. */
export const G711_RATE = 8000;

/** The two ways in which it is written: u-law in America and Japan, A-law elsewhere. */
export type G711Law = 'ulaw' | 'alaw';

export function decodeG711(bytes: Uint8Array, law: G711Law): Int16Array {
  const table = law === 'ulaw' ? ULAW : ALAW;
  return Int16Array.from(bytes, (byte) => table[byte] as number);
}

export const encodeG711 = (samples: Int16Array, law: G711Law): Uint8Array =>
  Uint8Array.from(samples, law === 'ulaw' ? toUlaw : toAlaw);

const BIAS = 0x84;
const CLIP = 32_635;

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

/** A-law turns every other bit. */
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
