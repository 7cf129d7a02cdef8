import { existsSync, readFileSync } from 'node:fs';
import { HEARING_RATE } from '../../contracts/index.ts';
import { rms } from '../signal.ts';
import { SPEECH_MARKS, type SpokenClip } from '../speech-scene.ts';
import { readWav } from '../wav.ts';
import { type SceneStep, SPEECH_DB } from './scene.ts';
import { type TimedWord, timed } from './words.ts';

/** 16 kHz audio and the words in it. */
export interface Said {
  readonly samples: Int16Array;
  readonly words: readonly TimedWord[];
}

type Parts = NonNullable<SceneStep['say']>;

interface ManifestLine {
  readonly file: string;
  readonly text: string;
  /** First and last ms of speech of each, and its words. */
  readonly phrases?: readonly (readonly [number, number, string])[];
}

const FOLDERS = ['../../../fixtures/speech/', '../../../fixtures/scenes/'].map(
  (each) => new URL(each, import.meta.url),
);

const samplesIn = (ms: number): number => Math.round((ms * HEARING_RATE) / 1000);
const msIn = (samples: number): number => (samples * 1000) / HEARING_RATE;

const known = new Map<string, Said>();

/** A clip's speech alone, cut where it begins and ends. Throws where there is no such clip. */
export function clip(name: string): Said {
  const said = known.get(name) ?? read(name);
  known.set(name, said);
  return said;
}

function read(name: string): Said {
  const folder = FOLDERS.find((each) => existsSync(new URL(`${name}.wav`, each)));
  if (!folder) throw new RangeError(`there is no clip "${name}" in ${FOLDERS.map((each) => each.pathname).join(', ')}`);
  const lines = readFileSync(new URL('manifest.jsonl', folder), 'utf8').trim().split('\n');
  const line = lines.map((each): ManifestLine => JSON.parse(each)).find(({ file }) => file === `${name}.wav`);
  const marks = SPEECH_MARKS[name as SpokenClip];
  const phrases = line?.phrases ?? (line && marks ? [[marks[0], marks[1], line.text] as const] : []);
  const [first, last] = [phrases[0], phrases.at(-1)];
  if (!first || !last) throw new RangeError(`the clip "${name}" has no phrases in its manifest`);
  const { samples } = readWav(new URL(`${name}.wav`, folder));
  return {
    samples: samples.subarray(samplesIn(first[0]), samplesIn(last[1])),
    words: phrases.flatMap(([from, to, text]) => timed(text, from - first[0], to - first[0])),
  };
}

/** What a step says: its parts one after another, at its level without the pauses. */
export function spokenLine(say: Parts, levelDb = SPEECH_DB): Said {
  const parts = (Array.isArray(say) ? say : [say]).map(partOf);
  const samples = new Int16Array(parts.reduce((sum, part) => sum + part.samples.length, 0));
  const words: TimedWord[] = [];
  let energy = 0;
  let heard = 0;
  let at = 0;
  for (const part of parts) {
    samples.set(part.samples, at);
    const begins = msIn(at);
    words.push(...part.words.map(({ text, from, to }) => ({ text, from: from + begins, to: to + begins })));
    if (!part.pause) {
      energy += rms(part.samples) ** 2 * part.samples.length;
      heard += part.samples.length;
    }
    at += part.samples.length;
  }
  const gain = (32768 * 10 ** (levelDb / 20)) / Math.sqrt(energy / Math.max(1, heard)) || 0;
  return { samples: samples.map((sample) => clipped(sample * gain)), words };
}

function partOf(part: Exclude<Parts, readonly unknown[]>): Said & { readonly pause: boolean } {
  if (typeof part === 'number') return { samples: new Int16Array(samplesIn(part)), words: [], pause: true };
  if (typeof part === 'string') return { ...clip(part), pause: false };
  const whole = clip(part.clip);
  const from = part.from_ms ?? 0;
  const to = Math.min(part.to_ms ?? Number.POSITIVE_INFINITY, msIn(whole.samples.length));
  const words =
    part.words === undefined
      ? whole.words
          .filter((word) => (word.from + word.to) / 2 >= from && (word.from + word.to) / 2 < to)
          .map((word) => ({ text: word.text, from: Math.max(0, word.from - from), to: Math.min(to, word.to) - from }))
      : timed(part.words, 0, to - from);
  return { samples: whole.samples.subarray(samplesIn(from), samplesIn(to)), words, pause: false };
}

export const clipped = (sample: number): number => Math.max(-32768, Math.min(32767, Math.round(sample)));
