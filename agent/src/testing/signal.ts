type Samples = ArrayLike<number>;

/** Root mean square of samples `from` to `to`, in sample units. 0 for none. */
export function rms(samples: Samples, from = 0, to = samples.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += (samples[i] as number) ** 2;
  return to > from ? Math.sqrt(sum / (to - from)) : 0;
}

/** Normalised correlation, -1..1, of `a[i]` with `b[i + lag]` where both exist. 0 where either is silent. */
export function correlation(a: Samples, b: Samples, lag = 0): number {
  const from = Math.max(0, -lag);
  const to = Math.min(a.length, b.length - lag);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = from; i < to; i++) {
    const x = a[i] as number;
    const y = b[i + lag] as number;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** By how many samples `b` comes after `a`, within +-`maxLag`: the lag of the best correlation, and that. */
export function bestLag(a: Samples, b: Samples, maxLag: number): { lag: number; correlation: number } {
  let best = { lag: 0, correlation: -2 };
  for (let lag = -maxLag; lag <= maxLag; lag++) {
    const found = correlation(a, b, lag);
    if (found > best.correlation) best = { lag, correlation: found };
  }
  return best;
}

/**
 * How like `source` what was `heard` is from sample `start` on, 0..1: half second by half second, weighted by loudness. Each may have moved by
 * whole frames, as a jitter buffer moves it. 16 kHz, through Opus.
 */
export function likeness(source: Int16Array, heard: Int16Array, start = 0): number {
  const window = 8000;
  const codecDelay = 104;
  let sum = 0;
  let weight = 0;
  for (let at = start; at + window <= source.length; at += window) {
    const part = source.subarray(at, at + window);
    const energy = rms(part) ** 2;
    let best = 0;
    for (let moved = -4; moved <= 12; moved++) {
      const from = at + codecDelay + moved * 320;
      if (from >= 0) best = Math.max(best, correlation(part, heard.subarray(from, from + window)));
    }
    sum += energy * best;
    weight += energy;
  }
  return weight > 0 ? sum / weight : 0;
}

/** A sine of `hz` at `rate` Hz. */
export const sine = (hz: number, rate: number, samples: number, amplitude = 10_000): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) => Math.round(amplitude * Math.sin((2 * Math.PI * hz * i) / rate)));

/** A seeded source of numbers in [0, 1): the same every run. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
