import type { Emotion, Prosody } from '../../contracts/index.ts';

/** How fast, high and loud, as factors of what is normal. */
export interface Sound {
  readonly rate: number;
  readonly pitch: number;
  readonly loudness: number;
}

/** A feeling as sound, for engines that have no feelings of their own. */
export const FEELINGS: Readonly<Record<Emotion, Sound>> = {
  neutral: { rate: 1, pitch: 1, loudness: 1 },
  happy: { rate: 1.08, pitch: 1.2, loudness: 1.1 },
  sad: { rate: 0.85, pitch: 0.8, loudness: 0.85 },
  angry: { rate: 1.12, pitch: 0.9, loudness: 1.5 },
  calm: { rate: 0.92, pitch: 0.94, loudness: 0.9 },
  excited: { rate: 1.18, pitch: 1.35, loudness: 1.25 },
  whisper: { rate: 0.95, pitch: 1, loudness: 0.9 },
};

/** A feeling as words, for engines that take directions. */
export const DIRECTIONS: Readonly<Record<Exclude<Emotion, 'neutral'>, string>> = {
  happy: 'Speak in a happy, warm voice.',
  sad: 'Speak in a sad, subdued voice.',
  angry: 'Speak in an angry voice.',
  calm: 'Speak in a calm, even voice.',
  excited: 'Speak in an excited, lively voice.',
  whisper: 'Whisper.',
};

/** What is asked for, coloured by its feeling. */
export function soundOf({ speed = 1, pitch = 1, emotion = 'neutral' }: Prosody): Sound {
  const feeling = FEELINGS[emotion];
  return { rate: speed * feeling.rate, pitch: pitch * feeling.pitch, loudness: feeling.loudness };
}

/** What is asked for, feeling and pitch included, in words; empty where nothing is. */
export function directionsFor({ pitch = 1, emotion = 'neutral' }: Prosody): string {
  return [
    ...(emotion === 'neutral' ? [] : [DIRECTIONS[emotion]]),
    ...(pitch === 1 ? [] : [`Speak in a ${pitch > 1 ? 'higher' : 'lower'} voice than usual.`]),
  ].join(' ');
}

export type Range = readonly [low: number, high: number];

export const clamp = (value: number, [low, high]: Range): number => Math.min(high, Math.max(low, value));

/** SSML: `+20%` for 1.2. */
export const percent = (factor: number, range: Range): string => signed((clamp(factor, range) - 1) * 100, '%');

/** SSML: `+3st` for 1.2, to half a tone. */
export const semitones = (factor: number, range: Range): string =>
  signed(Math.round(24 * Math.log2(clamp(factor, range))) / 2, 'st');

/** SSML: `+1.6dB` for 1.2. */
export const decibels = (factor: number): string => signed(Math.round(200 * Math.log10(factor)) / 10, 'dB');

function signed(value: number, unit: string): string {
  const rounded = unit === '%' ? Math.round(value) : value;
  return `${rounded < 0 ? '-' : '+'}${Math.abs(rounded)}${unit}`;
}
