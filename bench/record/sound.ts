import { correlation, rms } from '@parley/agent/testing';

/** A jump between two samples that speech of this level does not make. */
export interface Click {
  readonly sample: number;
  readonly jump: number;
}

/** Softer jumps are not heard as clicks: -27 dB of full scale. */
const LEAST_JUMP = 1500;
/** So many times larger than any jump near it, before and after. Voice has many alike, one a pitch period. */
const SINGULAR = 3;
const NEAR_MS = 12;
const OWN_MS = 0.5;

/** Sample jumps that stand alone: a join of two sounds, a cut without a fade, a lost frame. */
export function findClicks(samples: Int16Array, rate: number): Click[] {
  const near = Math.round((NEAR_MS * rate) / 1000);
  const own = Math.round((OWN_MS * rate) / 1000);
  const jumpAt = (i: number): number => Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0));
  const largest = (from: number, to: number): number => {
    let most = 0;
    for (let i = from; i < to; i++) most = Math.max(most, jumpAt(i));
    return most;
  };
  const clicks: Click[] = [];
  for (let i = 1; i < samples.length; i++) {
    const jump = jumpAt(i);
    // Up and down again is one click.
    if (jump < LEAST_JUMP || jump <= largest(i - own, i) || jump < largest(i + 1, i + own + 1)) continue;
    if (jump < SINGULAR * largest(i - near, i - own)) continue;
    if (jump >= SINGULAR * largest(i + own + 1, i + near)) clicks.push({ sample: i, jump });
  }
  return clicks;
}

/** Hz at which sounds are laid over each other: speech's own band, and quick. */
export const MATCH_RATE = 8000;

/** Averages down to `MATCH_RATE`. */
export function toMatchRate(samples: Int16Array, rate: number): Float32Array {
  const step = rate / MATCH_RATE;
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    const from = Math.floor(i * step);
    const to = Math.floor((i + 1) * step);
    let sum = 0;
    for (let k = from; k < to; k++) sum += samples[k] as number;
    return sum / (to - from);
  });
}

export interface Match {
  /** Where in `sound` the window was found. */
  readonly at: number;
  readonly correlation: number;
}

/** The place from `from` to `to` in `sound` that is most like `window`. */
export function locate(sound: Float32Array, window: Float32Array, from: number, to: number): Match {
  let best: Match = { at: from, correlation: -1 };
  for (let at = Math.max(0, from); at <= Math.min(to, sound.length - window.length); at++) {
    const value = correlation(sound.subarray(at, at + window.length), window);
    if (value > best.correlation) best = { at, correlation: value };
  }
  return best;
}

/** dB of full scale of what is louder than a whisper, and of the loudest sample. */
export function levels(samples: Int16Array, rate: number): { speechDb: number; peakDb: number; clipped: number } {
  const block = rate / 50;
  let energy = 0;
  let blocks = 0;
  for (let at = 0; at + block <= samples.length; at += block) {
    const level = rms(samples, at, at + block);
    if (level < WHISPER) continue;
    energy += level ** 2;
    blocks++;
  }
  let peak = 0;
  let clipped = 0;
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample));
    if (Math.abs(sample) >= 32_767) clipped++;
  }
  return { speechDb: db(Math.sqrt(energy / Math.max(1, blocks))), peakDb: db(peak), clipped };
}

const WHISPER = 300;

const db = (amplitude: number): number => 20 * Math.log10(Math.max(1, amplitude) / 32_768);
