import { HEARING_RATE } from '@parley/agent';
import { rms, seededRandom } from '@parley/agent/testing';
import { samplesIn } from './clips.ts';

/** A sound that is no speech. */
export interface Noise {
  readonly name: string;
  readonly kind: 'cough' | 'burst' | 'knock' | 'keyboard';
  readonly samples: Int16Array;
}

type Random = () => number;

/** None is a recording: all are made of shaped noise. Levels are of their loud part, in dB of full scale. */
export function noises(seed = 1): Noise[] {
  const random = seededRandom(seed);
  const made: Noise[] = [];
  const add = (kind: Noise['kind'], variant: number, signal: Float64Array, db: number): void => {
    made.push({ name: `${kind}-${variant}`, kind, samples: atLevel(signal, db) });
  };
  for (let i = 1; i <= 6; i++) add('cough', i, cough(random, 200 + 60 * (i - 1)), -18 - (i % 3) * 3);
  for (let i = 1; i <= 3; i++) add('burst', i, burst(random, 80 + 100 * i), -20);
  for (let i = 1; i <= 3; i++) add('knock', i, knocks(random, 1 + i), -18);
  for (let i = 1; i <= 3; i++) add('keyboard', i, keyboard(random, 400 + 200 * i), -30);
  return made;
}

/** A throat: an explosive onset, turbulent air through the resonances of a vocal tract, often a voiced end. */
function cough(random: Random, ms: number): Float64Array {
  const length = samplesIn(ms);
  const explosive = samplesIn(40 + 30 * random());
  const voicedFrom = Math.floor(length * (0.55 + 0.2 * random()));
  const pitch = 110 + 90 * random();
  const source = Float64Array.from({ length }, (_, i) => {
    const air = (random() * 2 - 1) * (i < explosive ? 1 : 0.45 * Math.exp((-3 * (i - explosive)) / length));
    const phase = ((i * pitch) / HEARING_RATE) % 1;
    const voiced =
      i > voicedFrom ? 0.5 * Math.exp(-12 * phase) * Math.sin((Math.PI * (i - voicedFrom)) / (length - voicedFrom)) : 0;
    return (air + voiced) * Math.min(1, i / samplesIn(4)) * Math.min(1, (length - i) / samplesIn(25));
  });
  const shift = 0.9 + 0.25 * random();
  const formants = [
    [650, 120],
    [1150, 160],
    [2500, 250],
    [3600, 350],
  ] as const;
  const out = new Float64Array(length);
  for (const [hz, width] of formants) {
    const ringing = resonator(source, hz * shift, width);
    for (let i = 0; i < length; i++) out[i] = (out[i] as number) + (ringing[i] as number);
  }
  return out;
}

/** Air into a microphone, paper, a chair: noise of one colour with a soft rise and fall. */
function burst(random: Random, ms: number): Float64Array {
  const length = samplesIn(ms);
  const source = Float64Array.from(
    { length },
    (_, i) => (random() * 2 - 1) * Math.sin((Math.PI * (i + 1)) / (length + 1)) ** 0.5,
  );
  return resonator(source, 300 + 2500 * random(), 900);
}

/** A few blows on wood, 200 ms apart: low modes that die away within some 50 ms. */
function knocks(random: Random, count: number): Float64Array {
  const out = new Float64Array(samplesIn(220 * count));
  for (let knock = 0; knock < count; knock++) {
    const from = samplesIn(knock * (180 + 40 * random()));
    for (const [hz, decayMs] of [
      [140, 45],
      [260, 30],
      [620, 14],
    ] as const) {
      const strength = 0.6 + 0.4 * random();
      for (let i = 0; i < samplesIn(160) && from + i < out.length; i++) {
        const ms = (i * 1000) / HEARING_RATE;
        const wave = Math.sin((2 * Math.PI * hz * i) / HEARING_RATE) + (ms < 4 ? random() - 0.5 : 0);
        out[from + i] = (out[from + i] as number) + strength * wave * Math.exp(-ms / decayMs);
      }
    }
  }
  return out;
}

/** Keys: two clicks each, 60 to 180 ms from one key to the next. */
function keyboard(random: Random, ms: number): Float64Array {
  const out = new Float64Array(samplesIn(ms));
  for (let at = 0; at < ms - 60; at += 60 + 120 * random()) {
    for (const [after, strength] of [
      [0, 1],
      [35 + 20 * random(), 0.5],
    ] as const) {
      const from = samplesIn(at + after);
      for (let i = 0; i < samplesIn(12) && from + i < out.length; i++) {
        out[from + i] = (out[from + i] as number) + strength * (random() * 2 - 1) * Math.exp(-i / samplesIn(2.5));
      }
    }
  }
  return out;
}

/** A resonance of `hz` and a bandwidth, of two poles. */
function resonator(signal: Float64Array, hz: number, width: number): Float64Array {
  const radius = Math.exp((-Math.PI * width) / HEARING_RATE);
  const cosine = 2 * radius * Math.cos((2 * Math.PI * hz) / HEARING_RATE);
  let [one, two] = [0, 0];
  return signal.map((sample) => {
    const out = (1 - radius) * sample + cosine * one - radius * radius * two;
    two = one;
    one = out;
    return out;
  });
}

function atLevel(signal: Float64Array, db: number): Int16Array {
  const gain = 10 ** (db / 20) / loudness(signal);
  return Int16Array.from(signal, (sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain * 32768))));
}

/** Of the loudest 20 ms. */
function loudness(signal: Float64Array): number {
  const size = samplesIn(20);
  let most = 1e-9;
  for (let at = 0; at < signal.length; at += size)
    most = Math.max(most, rms(signal, at, Math.min(signal.length, at + size)));
  return most;
}
