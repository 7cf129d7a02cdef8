import { rms } from '@parley/agent/testing';
import { locate, MATCH_RATE } from './sound.ts';

/** How a reply as heard differs from what the voice engine made of its words. */
export interface Likeness {
  /** Median over the reply; 1 is the same wave. */
  readonly correlation: number;
  /** Where time was inserted (positive) or left out (negative) inside the reply, in ms. */
  readonly jumps: readonly { readonly atMs: number; readonly ms: number }[];
  /** How much of the first word is missing, in ms. */
  readonly clippedStartMs: number;
  /** Where in `heard` the reply begins, at `MATCH_RATE`. */
  readonly startsAt: number;
}

const WINDOW = (400 * MATCH_RATE) / 1000;
const STEP = WINDOW / 2;
/** Next to where the window before was found: further away is another word. */
const DRIFT = (250 * MATCH_RATE) / 1000;
/** Less than this is the codec's and the resampler's doing, in ms. */
const LEAST_JUMP_MS = 5;
/** Below this a window was not found; silence has no place. */
const FOUND = 0.6;
const AUDIBLE = 150;
const BLOCK = MATCH_RATE / 100;
/** A block of the first word that is softer than this share of what it should be is missing. */
const MISSING = 0.4;
const START_BLOCKS = 12;

/** Lays `reference` over `heard` window by window. Both at `MATCH_RATE`; the reply begins between `from` and `to`. */
export function compare(heard: Float32Array, reference: Float32Array, from: number, to: number): Likeness {
  const places: { at: number; lag: number; correlation: number }[] = [];
  for (let at = 0; at + WINDOW <= reference.length; at += STEP) {
    const window = reference.subarray(at, at + WINDOW);
    if (rms(window) < AUDIBLE) continue;
    const lag = places.at(-1)?.lag;
    const [first, last] = lag === undefined ? [from, to] : [at + lag - DRIFT, at + lag + DRIFT];
    const match = locate(heard, window, first, last);
    if (match.correlation >= FOUND) places.push({ at, lag: match.at - at, correlation: match.correlation });
  }
  const jumps = places.slice(1).flatMap(({ at, lag }, i) => {
    const ms = ((lag - (places[i]?.lag ?? lag)) * 1000) / MATCH_RATE;
    return Math.abs(ms) >= LEAST_JUMP_MS ? [{ atMs: (at * 1000) / MATCH_RATE, ms }] : [];
  });
  const sorted = places.map(({ correlation }) => correlation).sort((a, b) => a - b);
  const lag = places[0]?.lag ?? 0;
  return {
    correlation: sorted[sorted.length >> 1] ?? 0,
    jumps,
    clippedStartMs: clippedStart(heard, reference, lag),
    startsAt: lag,
  };
}

/** Blocks from the first audible one of the reference on that are not there at the heard level. */
function clippedStart(heard: Float32Array, reference: Float32Array, lag: number): number {
  const level = (sound: Float32Array, at: number): number => (at < 0 ? 0 : rms(sound, at, at + BLOCK));
  let first = 0;
  while (first < reference.length && level(reference, first) < AUDIBLE) first += BLOCK;
  let missing = 0;
  while (missing < START_BLOCKS) {
    const at = first + missing * BLOCK;
    if (level(heard, at + lag) >= MISSING * level(reference, at)) break;
    missing++;
  }
  return (missing * BLOCK * 1000) / MATCH_RATE;
}
