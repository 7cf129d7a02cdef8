import { z } from 'zod';
import type { FunAsrMode } from '../../../contracts/index.ts';

/** Blocks of 60 ms: look back, new audio of one decoding step (600 ms), look ahead. */
const CHUNK_SIZE = [5, 10, 5] as const;
/** Messages in one decoding step. */
const CHUNK_INTERVAL = 10;
/** Servers count messages, so each must be of this length. */
export const MESSAGE_MS = (60 * CHUNK_SIZE[1]) / CHUNK_INTERVAL;
/** What the documentation gives a usual word. */
const HOTWORD_WEIGHT = 20;
/** Languages that SenseVoice can be told; other models ignore it. */
const SENSE_VOICE_LANGUAGES: readonly string[] = ['zh', 'en', 'ja', 'ko', 'yue'];

export interface FunAsrStart {
  readonly mode: FunAsrMode;
  /** Of this utterance; answers repeat it. */
  readonly name: string;
  /** Hz. */
  readonly rate: number;
  readonly itn: boolean;
  /** Primary subtag. */
  readonly language?: string;
  readonly hints?: readonly string[];
}

/** The first message of an utterance. */
export const startMessage = ({ mode, name, rate, itn, language, hints = [] }: FunAsrStart): string =>
  JSON.stringify({
    mode,
    chunk_size: CHUNK_SIZE,
    chunk_interval: CHUNK_INTERVAL,
    wav_name: name,
    wav_format: 'pcm',
    audio_fs: rate,
    is_speaking: true,
    itn,
    ...(language && SENSE_VOICE_LANGUAGES.includes(language) && { svs_lang: language }),
    ...(hints.length > 0 && {
      hotwords: JSON.stringify(Object.fromEntries(hints.map((hint) => [hint, HOTWORD_WEIGHT]))),
    }),
  });

/** `is_end` asks servers of newer versions to say when nothing more comes; others overlook it. */
export const END_MESSAGE = JSON.stringify({ is_speaking: false, is_end: true });

/** An answer. Servers differ: `mode` is absent where there is no text, and the marks of the end are told in three ways. */
export const funAsrAnswer = z.object({
  mode: z.string().optional(),
  text: z.string().default(''),
  is_final: z.boolean().default(false),
  is_end: z.boolean().default(false),
  /** Told by servers that mark their last answer. */
  slice_type: z.number().optional(),
  error: z.string().optional(),
});
export type FunAsrAnswer = z.infer<typeof funAsrAnswer>;

/** SenseVoice writes `<|en|><|NEUTRAL|><|Speech|>` before the words. */
const TAGS = /<\|([^|>]*)\|>/g;

/** The words, and the language where it is told. */
export function plainText(text: string): { readonly text: string; readonly language?: string } {
  const language = [...text.matchAll(TAGS)].map(([, tag]) => tag as string).find(isLanguage);
  return { text: text.replace(TAGS, '').trim(), ...(language && { language }) };
}

const isLanguage = (tag: string): boolean => SENSE_VOICE_LANGUAGES.includes(tag);

/** Two pieces of one text: Latin words are set apart, Chinese ones are not. */
export const joined = (before: string, after: string): string =>
  /[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}，。？！、]$/u.test(before) &&
  /^[\p{Script=Latin}\d]/u.test(after)
    ? `${before} ${after}`
    : before + after;
