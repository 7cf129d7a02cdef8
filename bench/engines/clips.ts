import { readFileSync } from 'node:fs';
import { HEARING_RATE } from '@parley/agent';
import { readWav, rms, tinyClip } from '@parley/agent/testing';
import { CLIP_WORDS } from '../turns/clips.ts';
import type { ClipLanguage } from './words.ts';

/** Somebody saying something, 16 kHz. */
export interface Clip {
  readonly name: string;
  readonly text: string;
  readonly language: ClipLanguage;
  readonly samples: Int16Array;
  /** Of all of it, with the quiet before and after. */
  readonly ms: number;
  /** Where the voice begins. */
  readonly speechAtMs: number;
}

interface ManifestLine {
  readonly file: string;
  readonly text: string;
  readonly lang: ClipLanguage;
  readonly source: string;
}

const FOLDERS = ['../../agent/fixtures/speech/', '../../agent/fixtures/scenes/', '../turns/speech/'];
/** A file of a repository; other clips are synthesised. */
const RECORDED = /^[\w-]+\/[\w.-]+:/;
/** Short ones of four kinds: a command, a question, a sentence read, a pause within; and the Mandarin ones. */
const QUICK = ['turnonlamp', 'weatherlike', 'librivox-0880', 'cards-005', 'zaziji', 'cosy-prompt'];
const FRAME_MS = 20;
/** A voice: so many dB under the loudest frame, for so many frames. */
const VOICE_DB = 30;
const VOICE_FRAMES = 3;

/** Recordings of people, each once, English first. */
export function recordings(quick: boolean): Clip[] {
  const found = new Map<string, Clip>();
  for (const path of FOLDERS) {
    const folder = new URL(path, import.meta.url);
    const lines = readFileSync(new URL('manifest.jsonl', folder), 'utf8').trim().split('\n');
    for (const { file, text, lang, source } of lines.map((line): ManifestLine => JSON.parse(line))) {
      const name = file.replace(/\.wav$/, '');
      if (found.has(name) || !RECORDED.test(source) || (quick && !QUICK.includes(name))) continue;
      found.set(name, clipOf(name, text, lang, readWav(new URL(file, folder)).samples));
    }
  }
  return [...found.values()].toSorted((a, b) => a.language.localeCompare(b.language));
}

/** What the test model understands: words of eSpeak's. */
export const tinyClips = (): Clip[] =>
  (['start-play-next-seven-two-stop', 'hello-weather'] as const).map((name) =>
    clipOf(name, name.replaceAll('-', ' '), 'en', tinyClip(name).samples),
  );

const clipOf = (name: string, text: string, language: ClipLanguage, samples: Int16Array): Clip => ({
  name,
  text,
  language,
  samples,
  ms: (samples.length * 1000) / HEARING_RATE,
  // Read off by hand where somebody has.
  speechAtMs: CLIP_WORDS[name]?.[0]?.from ?? voiceStartsAt(samples),
});

/** ms until the first frames that are loud enough for a voice; 0 where there is none. */
export function voiceStartsAt(samples: Int16Array): number {
  const size = (HEARING_RATE * FRAME_MS) / 1000;
  const levels = Array.from({ length: Math.floor(samples.length / size) }, (_, i) =>
    rms(samples, i * size, (i + 1) * size),
  );
  const least = Math.max(1, ...levels) * 10 ** (-VOICE_DB / 20);
  const at = levels.findIndex((_, i) => {
    const next = levels.slice(i, i + VOICE_FRAMES);
    return next.length === VOICE_FRAMES && next.every((level) => level >= least);
  });
  return Math.max(0, at) * FRAME_MS;
}
