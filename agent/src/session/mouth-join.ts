import type { OpusRate } from '../contracts/index.ts';

/** The encoder's look-ahead (RFC 6716, 2.1.2): what goes in comes so much later out of a decoder, in ms. */
const LOOKAHEAD_MS = 6.5;
/** Length of the ramp to silence where a voice stops in mid-word, in ms. It halves the click; longer gains nothing. */
const FADE_MS = 2;

/** Writes a short fade from a voice's last sample to the beginning of `frame`. */
export function fadeFrom(lastSample: number, frame: Int16Array, rate: OpusRate): void {
  if (lastSample === 0) return;
  const fade = (rate * FADE_MS) / 1000;
  for (let i = 0; i < fade; i++) frame[i] = lastSample * (1 - (i + 1) / fade) ** 2;
}

/**
 * What to encode in place of a packet that sounds like `samples`, so that it is heard when the packet would have been:
 * its samples from the look-ahead on, and the beginning of those of the `next`; a fade where it is not known.
 */
export function inPlaceOf(samples: Int16Array, next: Int16Array | undefined, rate: OpusRate): Int16Array {
  const ahead = (rate * LOOKAHEAD_MS) / 1000;
  const frame = new Int16Array(samples.length);
  frame.set(samples.subarray(ahead));
  const rest = frame.subarray(samples.length - ahead);
  if (next) rest.set(next.subarray(0, ahead));
  else fadeFrom(samples.at(-1) ?? 0, rest, rate);
  return frame;
}
