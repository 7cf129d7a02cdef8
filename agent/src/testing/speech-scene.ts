import { HEARING_RATE, type PcmFrame } from '../contracts/index.ts';
import { rms, seededRandom } from './signal.ts';
import { speechClip } from './wav.ts';

/**
 * First and last ms of speech in the clips, read off their spectra by hand, good to about 10 ms. Without real pauses
 * in between: of jfk it is the first phrase.
 */
export const SPEECH_MARKS = {
  'aishell-W0121': [480, 3650],
  goforward: [500, 2270],
  'harvard-1': [0, 2700],
  jfk: [320, 2120],
  'librivox-0880': [260, 2800],
  turnonlamp: [440, 1320],
  weatherlike: [110, 1250],
} as const;

export type SpokenClip = keyof typeof SPEECH_MARKS;
export const SPOKEN_CLIPS = Object.keys(SPEECH_MARKS) as SpokenClip[];

/** Level of the soft noise that a quiet room has, relative to full scale, in dB. */
const ROOM_DB = -75;

const samplesIn = (ms: number): number => Math.round((ms * HEARING_RATE) / 1000);

/** A clip's speech alone, cut where it begins and ends; `from` and `to` in ms of that narrow it further. */
export function spoken(name: SpokenClip, from = 0, to = Number.POSITIVE_INFINITY): Int16Array {
  const [begin, end] = SPEECH_MARKS[name];
  const { samples } = speechClip(name);
  return samples.subarray(samplesIn(begin + from), samplesIn(Math.min(end, begin + to)));
}

/** Pink noise of root mean square 1, the same every time for one seed. */
export function pinkNoise(samples: number, seed = 1): Float32Array {
  const random = seededRandom(seed);
  const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
  const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
  const state = new Float64Array(poles.length);
  let late = 0;
  const noise = Float32Array.from({ length: samples }, () => {
    const white = random() * 2 - 1;
    let sum = late + white * 0.5362;
    late = white * 0.115926;
    for (let i = 0; i < poles.length; i++) {
      state[i] = (poles[i] as number) * (state[i] as number) + (gains[i] as number) * white;
      sum += state[i] as number;
    }
    return sum;
  });
  const level = rms(noise);
  return noise.map((sample) => sample / level);
}

/**
 * 16 kHz audio of parts one after another: a number is so many ms of pause. A quiet room's noise lies under all of it,
 * or pink noise at `snrDb` below the mean level of the parts that are not pauses.
 */
export function scene(parts: readonly (number | Int16Array)[], snrDb?: number, seed = 1): Int16Array {
  const lengths = parts.map((part) => (typeof part === 'number' ? samplesIn(part) : part.length));
  const all = new Int16Array(lengths.reduce((a, b) => a + b, 0));
  let energy = 0;
  let heard = 0;
  let at = 0;
  parts.forEach((part, i) => {
    if (typeof part !== 'number') {
      all.set(part, at);
      energy += rms(part) ** 2 * part.length;
      heard += part.length;
    }
    at += lengths[i] as number;
  });
  const level = snrDb === undefined ? 32768 * 10 ** (ROOM_DB / 20) : Math.sqrt(energy / heard) * 10 ** (-snrDb / 20);
  const noise = pinkNoise(all.length, seed);
  return all.map((sample, i) => Math.max(-32768, Math.min(32767, Math.round(sample + level * (noise[i] as number)))));
}

/** 16 kHz samples as frames of `frameMs`, the last maybe shorter; the first is at `at` on the media clock. */
export function framesOf(samples: Int16Array, frameMs = 20, at = 0): PcmFrame[] {
  const size = samplesIn(frameMs);
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, i) => ({
    samples: samples.subarray(i * size, (i + 1) * size),
    rate: HEARING_RATE,
    at: at + (i * size * 1000) / HEARING_RATE,
  }));
}
