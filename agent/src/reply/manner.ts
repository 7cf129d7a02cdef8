import type { Prosody, VoicesByLanguage } from '../contracts/index.ts';
import { languageOf } from './language.ts';

export interface Manner {
  readonly prosody: Prosody;
  readonly voices?: VoicesByLanguage;
  /** BCP 47 of the conversation, where it is known. */
  readonly language?: string;
}

/** Latin words in a row that are a sentence in English, where the conversation is in a language of other letters. */
const ENGLISH_WORDS = 3;
/** Their texts may be written in Chinese characters alone. */
const WRITES_HAN = ['ja', 'ko', 'yue'];
const OTHER_LETTERS = ['zh', 'cmn', ...WRITES_HAN];

/** How to say a text: in the language that it is written in, by the voice for that language. */
export function mannerFor(text: string, { prosody, voices = {}, language }: Manner): Prosody {
  const spoken = languageIn(text, prosody.language ?? language);
  const voice = voiceFor(spoken, voices) ?? prosody.voice;
  return { ...prosody, ...(voice && { voice }), ...(spoken && { language: spoken }) };
}

/** What the script tells goes before what is known; where it fits, the known tag stays, with its place. */
function languageIn(text: string, known: string | undefined): string | undefined {
  const written = languageOf(text);
  const primary = primaryOf(known);
  if (written === 'zh') return primary === 'zh' || primary === 'cmn' || WRITES_HAN.includes(primary) ? known : 'zh';
  if (written) return written === primary ? known : written;
  const words = OTHER_LETTERS.includes(primary) ? (text.match(/\p{Script=Latin}+/gu) ?? []) : [];
  return words.length >= ENGLISH_WORDS ? 'en' : known;
}

/** Of the very tag, else of its language. */
function voiceFor(language: string | undefined, voices: VoicesByLanguage): string | undefined {
  if (!language) return undefined;
  const named = Object.entries(voices).map(([tag, voice]) => [tag.toLowerCase(), voice] as const);
  const find = (tag: string): string | undefined => named.find(([name]) => name === tag)?.[1];
  return find(language.toLowerCase()) ?? find(primaryOf(language));
}

const primaryOf = (tag = ''): string => tag.toLowerCase().split('-', 1)[0] ?? '';
