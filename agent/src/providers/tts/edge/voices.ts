import { z } from 'zod';
import type { Voice } from '../../../contracts/index.ts';
import { primaryLanguage } from '../../language.ts';

const DEFAULT_VOICE = 'en-US-EmmaMultilingualNeural';
/** The usual voice of a language; Multilingual ones read the others too. */
const USUAL: Readonly<Record<string, string>> = Object.fromEntries(
  [
    DEFAULT_VOICE,
    ...['zh-CN-XiaoxiaoNeural', 'de-DE-SeraphinaMultilingualNeural', 'fr-FR-VivienneMultilingualNeural'],
    ...['es-ES-ElviraNeural', 'it-IT-ElsaNeural', 'pt-BR-FranciscaNeural', 'nl-NL-ColetteNeural', 'pl-PL-ZofiaNeural'],
    ...['ru-RU-SvetlanaNeural', 'uk-UA-PolinaNeural', 'ja-JP-NanamiNeural', 'ko-KR-SunHiNeural', 'ar-EG-SalmaNeural'],
    ...['hi-IN-SwaraNeural', 'tr-TR-EmelNeural', 'vi-VN-HoaiMyNeural', 'th-TH-PremwadeeNeural', 'id-ID-GadisNeural'],
    ...['cs-CZ-VlastaNeural', 'sv-SE-SofieNeural', 'da-DK-ChristelNeural', 'nb-NO-PernilleNeural', 'fi-FI-NooraNeural'],
    ...['el-GR-AthinaNeural', 'hu-HU-NoemiNeural', 'ro-RO-AlinaNeural', 'he-IL-HilaNeural', 'bg-BG-KalinaNeural'],
    ...['hr-HR-GabrijelaNeural', 'sk-SK-ViktoriaNeural', 'ca-ES-JoanaNeural', 'ms-MY-YasminNeural'],
  ].map((voice) => [primaryLanguage(voice), voice]),
);
/** Accents that people ask for by language. */
const PLACES: Readonly<Record<string, string>> = {
  'en-gb': 'en-GB-SoniaNeural',
  'zh-tw': 'zh-TW-HsiaoChenNeural',
  'zh-hk': 'zh-HK-HiuMaanNeural',
  yue: 'zh-HK-HiuMaanNeural',
  'pt-pt': 'pt-PT-RaquelNeural',
  'es-mx': 'es-MX-DaliaNeural',
  'fr-ca': 'fr-CA-SylvieNeural',
  no: 'nb-NO-PernilleNeural',
};
/** `zh-CN-liaoning-XiaobeiNeural`: the language is in the name. */
const NAME = /^([a-z]{2,3}(?:-[A-Z][a-z]{3})?-[A-Z]{2})(?:-[a-z]+)?-\w+Neural$/;
const MULTILINGUAL = /MultilingualNeural$/;

/** The voice that is asked for where it reads the language; else the usual one of the language. */
export function voiceFor({ voice = '', language }: { voice?: string; language?: string }): string {
  const [, own] = NAME.exec(voice) ?? [];
  const tag = language?.toLowerCase() ?? '';
  if (own && (!language || MULTILINGUAL.test(voice) || primaryLanguage(own) === primaryLanguage(language)))
    return voice;
  return PLACES[tag] ?? USUAL[primaryLanguage(tag)] ?? DEFAULT_VOICE;
}

export const languageOfVoice = (voice: string): string => NAME.exec(voice)?.[1] ?? 'en-US';

const List = z.array(
  z.object({ ShortName: z.string(), FriendlyName: z.string(), Locale: z.string(), Gender: z.string() }),
);

/** The voices in the service's list. Throws ZodError for what is no such list. */
export function voicesIn(list: unknown): Voice[] {
  return List.parse(list).map(({ ShortName, FriendlyName, Locale, Gender }) => {
    const gender = Gender.toLowerCase();
    return {
      id: ShortName,
      name: FriendlyName,
      language: Locale,
      ...((gender === 'female' || gender === 'male') && { gender }),
    };
  });
}
