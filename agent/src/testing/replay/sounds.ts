import { HEARING_RATE } from '../../contracts/index.ts';
import { rms, seededRandom } from '../signal.ts';
import { clipped } from './clips.ts';
import type { Sound } from './scene.ts';

/** How long each lasts where the scene does not say, in ms. */
const LENGTHS: Readonly<Record<Sound, number>> = { cough: 380, slam: 400, burst: 300, clicks: 1500 };
/** Of the loudest 20 ms, in dB of full scale. */
const DEFAULT_DB = -18;

const LOUDEST = HEARING_RATE / 50;

/** A noise that is no speech, the same every time. */
export function noiseSound(sound: Sound, forMs = LENGTHS[sound], levelDb = DEFAULT_DB): Int16Array {
  const samples = MAKERS[sound](Math.round((forMs * HEARING_RATE) / 1000), seededRandom(7));
  let loudest = 1e-9;
  for (let at = 0; at + LOUDEST <= samples.length; at += LOUDEST) {
    loudest = Math.max(loudest, rms(samples, at, at + LOUDEST));
  }
  const gain = (32768 * 10 ** (levelDb / 20)) / loudest;
  return Int16Array.from(samples, (sample) => clipped(sample * gain));
}

type Maker = (length: number, random: () => number) => Float32Array;

const MAKERS: Readonly<Record<Sound, Maker>> = {
  /** Air bursts out, then the throat sounds and falls silent. */
  cough: (length, random) => {
    const air = even(resonant(white(length, random), 1500, 900));
    const glottis = pulses(length, 210);
    const formants = [resonant(glottis, 1250, 130), resonant(glottis, 2600, 200)];
    const throat = even(
      resonant(glottis, 700, 110).map((low, i) => low + (formants[0]?.[i] ?? 0) + (formants[1]?.[i] ?? 0)),
    );
    const burst = 0.25 * length;
    return air.map((sample, i) => {
      const opening = Math.min(1, i / (0.03 * length));
      const closing = i < burst ? 1 : Math.exp((-2.5 * (i - burst)) / (length - burst));
      return opening * closing * (sample + (i > 0.6 * burst ? 1.5 * (throat[i] as number) : 0));
    });
  },
  /** A dull blow that rings. */
  slam: (length, random) => {
    const blow = resonant(white(length, random), 90, 120);
    return blow.map((sample, i) => sample * Math.exp((-7 * i) / length));
  },
  burst: (length, random) => white(length, random).map((sample, i) => sample * Math.min(1, i / 80, (length - i) / 80)),
  /** A key each 90 to 180 ms: two clicks of some ms each. */
  clicks: (length, random) => {
    const all = new Float32Array(length);
    for (let at = 0; at < length; at += Math.round((0.09 + 0.09 * random()) * HEARING_RATE)) {
      for (const [delay, gain] of [
        [0, 1],
        [1100, 0.5],
      ] as const) {
        for (let i = 0; i < 90 && at + delay + i < length; i++) {
          all[at + delay + i] = (all[at + delay + i] as number) + gain * (random() * 2 - 1) * Math.exp(-i / 18);
        }
      }
    }
    return all;
  },
};

const white = (length: number, random: () => number): Float32Array =>
  Float32Array.from({ length }, () => random() * 2 - 1);

const pulses = (length: number, hz: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => (i % Math.round(HEARING_RATE / hz) === 0 ? 1 : 0));

/** With a peak of 1. */
function even(samples: Float32Array): Float32Array {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1e-9);
  return samples.map((sample) => sample / peak);
}

/** A resonance of two poles. */
function resonant(samples: Float32Array, hz: number, widthHz: number): Float32Array {
  const radius = Math.exp((-Math.PI * widthHz) / HEARING_RATE);
  const turn = 2 * radius * Math.cos((2 * Math.PI * hz) / HEARING_RATE);
  let last = 0;
  let before = 0;
  return samples.map((sample) => {
    const out = sample + turn * last - radius * radius * before;
    before = last;
    last = out;
    return out;
  });
}
