import { readFileSync } from 'node:fs';
import { HEARING_RATE } from '@parley/agent';
import { readWav, rms, speechClip } from '@parley/agent/testing';

/** A word and where it lies, in ms from the start of the sound that it belongs to. */
export interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Speech at 16 kHz and its words. */
export interface SpokenPhrase {
  readonly name: string;
  readonly samples: Int16Array;
  readonly words: readonly Word[];
}

/** Of the words of every phrase, in dB of full scale: all are equally loud. */
export const SPEECH_DB = -22;
/** Where a clip is cut, in ms: shorter clicks. */
const FADE_MS = 5;

type Row = readonly [text: string, from: number, to: number];
const FOLDER = new URL('./speech/', import.meta.url);
const rows = JSON.parse(readFileSync(new URL('words.json', FOLDER), 'utf8')) as Record<string, readonly Row[]>;
const loaded = new Map<string, Int16Array>();

export const samplesIn = (ms: number): number => Math.round((ms * HEARING_RATE) / 1000);

/** The words of all clips. */
export const CLIP_WORDS: Readonly<Record<string, readonly Word[]>> = Object.fromEntries(
  Object.entries(rows).map(([name, words]) => [name, words.map(([text, from, to]) => ({ text, from, to }))]),
);

function clip(name: string): Int16Array {
  let samples = loaded.get(name);
  if (!samples) {
    const own = new URL(`${name}.wav`, FOLDER);
    samples = levelled(isFixture(name) ? speechClip(name).samples : readWav(own).samples, CLIP_WORDS[name]);
    loaded.set(name, samples);
  }
  return samples;
}

const FIXTURES = new Set([
  'goforward',
  'harvard-1',
  'jfk',
  'librivox-0880',
  'turnonlamp',
  'weatherlike',
  'aishell-W0121',
]);
const isFixture = (name: string): boolean => FIXTURES.has(name);

/** `words`: what counts for the level; all of it where absent. */
function levelled(samples: Int16Array, words?: readonly Word[]): Int16Array {
  const from = samplesIn(words?.[0]?.from ?? 0);
  const to = words ? samplesIn(words.at(-1)?.to ?? 0) : samples.length;
  const gain = (32768 * 10 ** (SPEECH_DB / 20)) / rms(samples, from, Math.min(to, samples.length));
  return samples.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * gain))));
}

/** Words `first` to `last` of a clip, counted from 0, cut out; all of them by default. */
export function phrase(name: string, first = 0, last = Number.POSITIVE_INFINITY): SpokenPhrase {
  const all = CLIP_WORDS[name];
  if (!all) throw new TypeError(`there is no clip ${name}`);
  const words = all.slice(first, Math.min(last, all.length - 1) + 1);
  const start = words[0]?.from ?? 0;
  const end = words.at(-1)?.to ?? 0;
  const samples = faded(clip(name).slice(samplesIn(start), samplesIn(end)));
  return {
    name,
    samples,
    words: words.map(({ text, from, to }) => ({ text, from: from - start, to: to - start })),
  };
}

/** A synthesised backchannel. */
export function backchannel(file: string, text: string): SpokenPhrase {
  const samples = levelled(readWav(new URL(`backchannel-${file}.wav`, FOLDER)).samples);
  const parts = text.split(' ');
  const each = (samples.length * 1000) / HEARING_RATE / parts.length;
  const words = parts.map((part, i) => ({ text: part, from: i * each, to: (i + 1) * each }));
  return { name: file, samples: faded(samples), words };
}

/** In place. */
function faded(samples: Int16Array): Int16Array {
  const fade = Math.min(samplesIn(FADE_MS), samples.length >> 1);
  for (let i = 0; i < fade; i++) {
    const gain = i / fade;
    samples[i] = Math.round((samples[i] as number) * gain);
    samples[samples.length - 1 - i] = Math.round((samples[samples.length - 1 - i] as number) * gain);
  }
  return samples;
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}' ]+/gu, '');

/** The first place in any clip at which these very words are said one after another. */
export function findPhrase(text: string): SpokenPhrase | undefined {
  const wanted = plain(text).split(/\s+/).filter(Boolean);
  for (const [name, words] of Object.entries(CLIP_WORDS)) {
    const first = words.findIndex((_, i) => wanted.every((word, k) => words[i + k]?.text === word));
    if (first >= 0) return phrase(name, first, first + wanted.length - 1);
  }
  return undefined;
}

/** Parts one after another, with pauses in ms between them; where the words are in all of it. */
export function composed(name: string, parts: readonly (SpokenPhrase | number)[]): SpokenPhrase {
  const lengths = parts.map((part) => (typeof part === 'number' ? samplesIn(part) : part.samples.length));
  const samples = new Int16Array(lengths.reduce((sum, length) => sum + length, 0));
  const words: Word[] = [];
  let at = 0;
  for (const [i, part] of parts.entries()) {
    if (typeof part !== 'number') {
      samples.set(part.samples, at);
      const ms = (at * 1000) / HEARING_RATE;
      words.push(...part.words.map(({ text, from, to }) => ({ text, from: from + ms, to: to + ms })));
    }
    at += lengths[i] as number;
  }
  return { name, samples, words };
}
