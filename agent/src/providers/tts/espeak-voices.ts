import type { Voice } from '../../contracts/index.ts';
import { primaryLanguage } from '../language.ts';

/** eSpeak names no women: this variant of any voice sounds like one. */
const FEMALE = '+f3';
const VARIANT = /^(?:[mf][1-8]|whisperf?|croak|klatt[2-6]?)$/;
const DEFAULT_VOICE = 'en-us';
/** `cmn` takes what it reads for English; this one reads characters and pinyin. */
const MANDARIN = ['cmn-latn-pinyin', 'cmn'];
/** Where the plain language has no voice of its own name, or not the one that people expect. */
const USUAL: Readonly<Record<string, string>> = { en: 'en-us', fr: 'fr-fr', no: 'nb', zh: MANDARIN[0] as string };

/** The voices that `espeak-ng --voices` lists, each as a man's and a woman's. */
export function parseVoices(table: string): Voice[] {
  const voices = new Map<string, Voice>();
  for (const line of table.split('\n')) {
    const [, language, genders, name] = /^\s*\d+\s+(\S+)\s+(\S+)\s+(\S+)/.exec(line) ?? [];
    if (!language || !name || voices.has(language)) continue;
    const plain = name.replaceAll('_', ' ');
    const bcp47 = MANDARIN.includes(language) ? 'zh' : language;
    voices.set(language, {
      id: language,
      name: plain,
      language: bcp47,
      gender: genders?.endsWith('F') ? 'female' : 'male',
    });
    voices.set(language + FEMALE, {
      id: language + FEMALE,
      name: `${plain}, female`,
      language: bcp47,
      gender: 'female',
    });
  }
  return [...voices.values()];
}

export interface VoiceWish {
  readonly voice?: string;
  /** BCP 47. */
  readonly language?: string;
  /** The text is in Chinese characters, whatever else was said. */
  readonly chinese: boolean;
  readonly whisper: boolean;
}

/** The `-v` argument. A voice that is not there, or cannot read the text, gives way to one that can. */
export function chooseVoice({ voice, language, chinese, whisper }: VoiceWish, known: ReadonlySet<string>): string {
  const [wished = '', variant = ''] = voice?.split('+') ?? [];
  const base = [wished, ...candidates(language)].find((id) => known.has(id) && readsChinese(id) === chinese);
  const fallback = chinese ? MANDARIN.find((id) => known.has(id)) : DEFAULT_VOICE;
  return (base ?? fallback ?? DEFAULT_VOICE) + variantOf(variant, whisper);
}

function candidates(language: string | undefined): string[] {
  if (language === undefined) return [];
  const tag = language.toLowerCase();
  const primary = primaryLanguage(tag);
  if (tag === 'zh-hk' || tag === 'zh-yue') return ['yue'];
  return [tag, USUAL[primary] ?? primary, primary];
}

const readsChinese = (id: string): boolean => MANDARIN.includes(id) || id === 'yue';

function variantOf(variant: string, whisper: boolean): string {
  const known = VARIANT.test(variant) ? variant : '';
  if (whisper) return known.startsWith('f') ? '+whisperf' : '+whisper';
  return known && `+${known}`;
}
