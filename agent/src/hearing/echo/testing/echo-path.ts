// A loudspeaker, a room and a microphone, for tests and the bench. Never imported by the product.
import type { OpusLibrary } from '../../../codec/index.ts';
import { HEARING_RATE, type OpusRate } from '../../../contracts/index.ts';
import { rms, seededRandom } from '../../../testing/signal.ts';

/** How the agent's voice comes back. */
export interface EchoPath {
  /** From a frame's leaving to the arrival of the frame that it is heard in, in ms. */
  readonly delayMs: number;
  /** Of the echo relative to what was sent, in dB. */
  readonly levelDb: number;
  /** Growth of the delay, in us per second (parts per million). */
  readonly driftPpm?: number;
  /** Chooses the room. */
  readonly seed?: number;
  /** Reverberation time, in ms. */
  readonly rt60?: number;
  /** Of the loudspeaker's soft clipping at a full-scale input: 0 is none. */
  readonly distortion?: number;
  /** By how much a player stretches time in every other second, in ms. */
  readonly slipMs?: number;
  /** Depth of the random gain that a bad echo canceller leaves behind, new each 100 ms, in dB. */
  readonly flutterDb?: number;
}

const TAIL_MS = 300;
/** Samples to a pulse of the tail: 2000 a second sound as dense as noise. */
const PULSE_EVERY = 8;

/** A room at 16 kHz: a direct sound, a few reflections and a decaying tail 3 dB below, of sparse pulses. */
export function impulseResponse(seed: number, rt60 = 300): Float32Array {
  const random = seededRandom(seed * 7919 + 1);
  const h = new Float32Array((TAIL_MS * HEARING_RATE) / 1000);
  const decay = Math.log(1000) / ((rt60 * HEARING_RATE) / 1000);
  let tail = 0;
  for (let cell = 16; cell + PULSE_EVERY <= h.length; cell += PULSE_EVERY) {
    const i = cell + Math.floor(random() * PULSE_EVERY);
    h[i] = (random() < 0.5 ? -1 : 1) * Math.exp(-decay * i);
    tail += (h[i] as number) ** 2;
  }
  const scale = Math.sqrt(0.5 / tail);
  for (let i = 0; i < h.length; i++) h[i] = (h[i] as number) * scale;
  h[0] = 1;
  for (let i = 0; i < 5; i++) {
    const at = Math.round((1 + 15 * random()) * 16);
    h[at] = (h[at] as number) + (random() < 0.5 ? -1 : 1) * (0.15 + 0.3 * random());
  }
  return h;
}

/** What the microphone hears of `voice` (16 kHz), of the same length: delayed, distorted, reflected, at its level. */
export function echoOf(voice: Int16Array, path: EchoPath): Float32Array {
  const { delayMs, levelDb, driftPpm = 0, seed = 1, rt60, distortion = 1, slipMs = 0, flutterDb = 0 } = path;
  const h = impulseResponse(seed, rt60);
  const played = distorted(voice, distortion);
  const room = lowPass(highPass(convolved(played, h), 250), 5500);
  const late = new Float32Array(voice.length);
  for (let i = 0; i < late.length; i++) {
    const second = Math.floor(i / HEARING_RATE);
    late[i] = at(room, i - (delayMs + (driftPpm * i) / HEARING_RATE / 1000 + (second % 2) * slipMs) * 16);
  }
  if (flutterDb > 0) flutter(late, flutterDb, seed);
  const gain = (rms(voice) / (rms(room) || 1)) * 10 ** (levelDb / 20);
  return late.map((sample) => sample * gain);
}

/** `samples` after an encoder and a decoder: what the other side of a call has. Late by the codec's few ms. */
export function throughOpus(library: OpusLibrary, samples: Int16Array, rate: OpusRate, bitrate = 32_000): Int16Array {
  const encoder = library.encoder({ rate, bitrate });
  const decoder = library.decoder({ rate: HEARING_RATE });
  const size = rate / 50;
  const frames = Math.floor(samples.length / size);
  const out = new Int16Array(frames * 320);
  for (let i = 0; i < frames; i++) {
    out.set(decoder.decode(encoder.encode(samples.subarray(i * size, (i + 1) * size))), i * 320);
  }
  encoder.close();
  decoder.close();
  return out;
}

/** 16 kHz `samples` at another rate. */
export function atRate(library: OpusLibrary, samples: Int16Array, rate: OpusRate): Int16Array {
  if (rate === HEARING_RATE) return samples;
  const resampler = library.resampler({ from: HEARING_RATE, to: rate });
  const parts = [resampler.push(samples), resampler.flush()];
  resampler.close();
  const out = new Int16Array(Math.ceil((samples.length * rate) / HEARING_RATE));
  out.set(parts[0] as Int16Array);
  out.set((parts[1] as Int16Array).subarray(0, out.length - (parts[0] as Int16Array).length), parts[0]?.length);
  return out;
}

/** The sum, cut off at full scale. */
export function mixed(...parts: readonly ArrayLike<number>[]): Int16Array {
  const length = Math.max(...parts.map((part) => part.length));
  return Int16Array.from({ length }, (_, i) => {
    const sum = parts.reduce((total, part) => total + (part[i] ?? 0), 0);
    return Math.max(-32768, Math.min(32767, Math.round(sum)));
  });
}

function distorted(voice: Int16Array, amount: number): Float32Array {
  const out = new Float32Array(voice.length);
  if (amount === 0) return out.map((_, i) => voice[i] as number);
  // The even part makes second harmonics, as small loudspeakers do.
  for (let i = 0; i < out.length; i++) {
    const x = ((voice[i] as number) / 32768) * amount;
    out[i] = (Math.tanh(x + 0.2 * x * x) / amount) * 32768;
  }
  return out;
}

/** In place. */
function flutter(x: Float32Array, depthDb: number, seed: number): void {
  const random = seededRandom(seed);
  let gain = 1;
  let target = 1;
  for (let i = 0; i < x.length; i++) {
    if (i % (HEARING_RATE / 10) === 0) target = 10 ** ((-random() * depthDb) / 20);
    gain += (target - gain) / 160;
    x[i] = (x[i] as number) * gain;
  }
}

function convolved(x: Float32Array, h: Float32Array): Float32Array {
  const out = new Float32Array(x.length);
  for (let k = 0; k < h.length; k++) {
    const gain = h[k] as number;
    if (gain === 0) continue;
    for (let i = k; i < out.length; i++) out[i] = (out[i] as number) + gain * (x[i - k] as number);
  }
  return out;
}

/** A sample between samples, by a cubic through four. */
function at(x: Float32Array, position: number): number {
  const i = Math.floor(position);
  const t = position - i;
  const [a, b, c, d] = [x[i - 1] ?? 0, x[i] ?? 0, x[i + 1] ?? 0, x[i + 2] ?? 0];
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

function lowPass(x: Float32Array, hz: number): Float32Array {
  const pole = Math.exp((-2 * Math.PI * hz) / HEARING_RATE);
  let last = 0;
  return x.map((value) => {
    last = (1 - pole) * value + pole * last;
    return last;
  });
}

function highPass(x: Float32Array, hz: number): Float32Array {
  const low = lowPass(lowPass(x, hz), hz);
  return x.map((value, i) => value - (low[i] as number));
}
