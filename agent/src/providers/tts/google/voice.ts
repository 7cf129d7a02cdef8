import { primaryLanguage } from '../../language.ts';

/** Speakers of Chirp 3 HD and Gemini: each speaks every language. */
export const SPEAKERS: Readonly<Record<string, 'female' | 'male'>> = {
  ...spread('female', 'Achernar Aoede Autonoe Callirrhoe Despina Erinome Gacrux Kore Laomedeia Leda Pulcherrima'),
  ...spread('female', 'Sulafat Vindemiatrix Zephyr'),
  ...spread('male', 'Achird Algenib Algieba Alnilam Charon Enceladus Fenrir Iapetus Orus Puck Rasalgethi Sadachbia'),
  ...spread('male', 'Sadaltager Schedar Umbriel Zubenelgenubi'),
};
const DEFAULT_SPEAKER = 'Kore';
/** Where Chirp 3 HD speaks; of each language the usual place comes first. */
const CHIRP_LOCALES = (
  'en-US en-AU en-GB en-IN de-DE es-ES es-US fr-FR fr-CA pt-BR it-IT nl-NL nl-BE pl-PL ru-RU ja-JP ko-KR cmn-CN ' +
  'ar-XA bg-BG bn-IN cs-CZ da-DK el-GR et-EE fi-FI gu-IN he-IL hi-IN hr-HR hu-HU id-ID kn-IN lt-LT lv-LV ml-IN ' +
  'mr-IN nb-NO pa-IN ro-RO sk-SK sl-SI sr-RS sv-SE sw-KE ta-IN te-IN th-TH tr-TR uk-UA ur-IN vi-VN yue-HK'
).split(' ');
/** `en-US-Neural2-F`: the language is in the name. */
const FULL_NAME = /^([a-z]{2,3}-[A-Z]{2})-([A-Za-z0-9-]+)$/;
/** Models that speak; those of other engines' settings do not count. */
const SPEAKING_MODEL = /^gemini-/;
const CHIRP3 = /^Chirp3-HD-(\w+)$/;

export interface GoogleVoice {
  readonly languageCode: string;
  /** Absent: Google's own choice for the language. */
  readonly name?: string;
  readonly modelName?: string;
  /** What `name` can be told. */
  readonly kind: 'gemini' | 'chirp3' | 'ssml' | 'ssml-without-pitch' | 'plain';
}

export interface VoiceWish {
  readonly voice?: string;
  /** BCP 47. */
  readonly language?: string;
  /** `gemini-2.5-flash-tts` and the like; absent for the voices of old. */
  readonly model?: string;
}

/** The voice that is wished for, where it speaks the language; else its speaker in that language; else the usual one. */
export function voiceFor({ voice = '', language, model }: VoiceWish): GoogleVoice {
  const [, ownLocale, type = ''] = FULL_NAME.exec(voice) ?? [];
  const speaker =
    [voice, CHIRP3.exec(type)?.[1] ?? ''].find((name) => Object.hasOwn(SPEAKERS, name)) ?? DEFAULT_SPEAKER;
  const speaksIt = !language || (ownLocale !== undefined && primaryLanguage(ownLocale) === primaryLanguage(language));
  if (model && SPEAKING_MODEL.test(model)) {
    const languageCode = localeFor(language ?? ownLocale ?? 'en') ?? (language as string);
    return { languageCode, name: speaker, modelName: model, kind: 'gemini' };
  }
  if (ownLocale && speaksIt) return { languageCode: ownLocale, name: voice, kind: kindOf(type) };
  const locale = localeFor(language ?? 'en');
  if (!locale) return { languageCode: language as string, kind: 'ssml' };
  return { languageCode: locale, name: `${locale}-Chirp3-HD-${speaker}`, kind: 'chirp3' };
}

/** The place of Chirp 3 HD for a language: the very one, else the usual one. */
function localeFor(language: string): string | undefined {
  const tag = language.toLowerCase();
  const known = CHIRP_LOCALES.find((locale) => locale.toLowerCase() === tag);
  if (known) return known;
  if (['zh-hk', 'zh-yue'].includes(tag)) return 'yue-HK';
  const primary = tag === 'no' ? 'nb' : primaryLanguage(tag);
  return CHIRP_LOCALES.find((locale) => primaryLanguage(locale) === primary);
}

function kindOf(type: string): GoogleVoice['kind'] {
  if (CHIRP3.test(type)) return 'chirp3';
  if (type.startsWith('Studio')) return 'ssml-without-pitch';
  return /^(?:Chirp-HD|Journey)/.test(type) ? 'plain' : 'ssml';
}

function spread(gender: 'female' | 'male', names: string): Record<string, 'female' | 'male'> {
  return Object.fromEntries(names.split(' ').map((name) => [name, gender]));
}
