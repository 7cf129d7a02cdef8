import { correlation, rms } from '@parley/agent/testing';

/** Hz at which sounds are compared: speech's own band, and quick. */
const COMPARE_RATE = 8000;
const WINDOW_MS = 400;
/** How far one window may be from where the window before it was found: a jitter buffer stretches time a little. */
const DRIFT_MS = 120;

/** Correlation from which on a window is taken as found. */
const ALIKE = 0.6;

const samplesOf = (ms: number): number => (ms * COMPARE_RATE) / 1000;

/** Averages down (or picks up) to the rate at which sounds are compared. */
function toCompareRate(samples: Int16Array, rate: number): Float32Array {
  const step = rate / COMPARE_RATE;
  return Float32Array.from({ length: Math.floor(samples.length / step) }, (_, i) => {
    const from = Math.floor(i * step);
    const to = Math.max(from + 1, Math.floor((i + 1) * step));
    let sum = 0;
    for (let k = from; k < to; k++) sum += samples[k] ?? 0;
    return sum / (to - from);
  });
}

/** Ms of frames of 20 ms that are louder than a whisper. */
export function audibleMs(samples: Int16Array, rate: number, threshold = 300): number {
  const size = rate / 50;
  let frames = 0;
  for (let at = 0; at + size <= samples.length; at += size) if (rms(samples, at, at + size) > threshold) frames++;
  return frames * 20;
}

/**
 * How much of `reference` is in `heard`: the median over its windows of the best normalised correlation near where
 * the windows before were found. About 1 for the same sound through a codec, under 0.4 for another sound.
 */
export function likeness(heard: Int16Array, heardRate: number, reference: Int16Array, referenceRate: number): number {
  const there = toCompareRate(heard, heardRate);
  const wanted = toCompareRate(reference, referenceRate);
  const size = samplesOf(WINDOW_MS);
  const found: number[] = [];
  let lag: number | undefined;
  for (let at = 0; at + size <= wanted.length; at += size) {
    const window = wanted.subarray(at, at + size);
    if (rms(window) < 200) continue;
    const last = there.length - size;
    const from = lag === undefined ? 0 : Math.max(0, at + lag - samplesOf(DRIFT_MS));
    const to = lag === undefined ? last : Math.min(last, at + lag + samplesOf(DRIFT_MS));
    const near = bestAt(there, window, from, to);
    // A machine that stalls moves all that follows: look everywhere before calling it another sound.
    const best = near.correlation > ALIKE ? near : bestAt(there, window, 0, last);
    found.push(best.correlation);
    if (best.correlation > ALIKE) lag = best.at - at;
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
}

function bestAt(
  sound: Float32Array,
  window: Float32Array,
  from: number,
  to: number,
): { at: number; correlation: number } {
  let best = { at: from, correlation: 0 };
  for (let at = from; at <= to; at++) {
    const value = correlation(sound.subarray(at, at + window.length), window);
    if (value > best.correlation) best = { at, correlation: value };
  }
  return best;
}
