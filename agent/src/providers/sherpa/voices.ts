import type { Voice } from '../../contracts/index.ts';
import { primaryLanguage } from '../language.ts';
import type { SherpaTtsModel } from './model.ts';

/** The first letter of a Kokoro voice's name; the second is f or m. */
const KOKORO_LANGUAGES: Readonly<Record<string, string>> = {
  a: 'en-US',
  b: 'en-GB',
  e: 'es',
  f: 'fr',
  h: 'hi',
  i: 'it',
  j: 'ja',
  p: 'pt-BR',
  z: 'zh',
};
/** The best rated of Kokoro's. */
const PREFERRED = 'af_heart';

/** A model's voices in the order of their numbers. Where they have no names, the number is the id. */
export function voicesOf({ languages, speakers = [] }: SherpaTtsModel, count: number): Voice[] {
  const language = languages?.[0] ?? 'mul';
  return Array.from({ length: Math.max(1, count) }, (_, number) => {
    const id = speakers[number] ?? String(number);
    const [, land = '', sex, name = ''] = /^([abefhijpz])([fm])_(\w+)$/.exec(id) ?? [];
    if (!sex) return { id, name: speakers[number] ?? `Voice ${number + 1}`, language };
    return {
      id,
      name: `${name[0]?.toUpperCase()}${name.slice(1)}`,
      language: KOKORO_LANGUAGES[land] ?? language,
      gender: sex === 'f' ? 'female' : 'male',
    };
  });
}

/** The number of the voice that is asked for; else the usual one, of the language where there is one. */
export function speakerOf(voices: readonly Voice[], wished: string | undefined, language: string | undefined): number {
  const named = voices.findIndex(({ id, name }) => id === wished || (name === wished && wished !== undefined));
  if (named >= 0) return named;
  const usual = Math.max(
    0,
    voices.findIndex(({ id }) => id === PREFERRED),
  );
  const speaks = (voice: Voice | undefined): boolean =>
    language === undefined || (voice !== undefined && primaryLanguage(voice.language) === primaryLanguage(language));
  return speaks(voices[usual]) ? usual : Math.max(0, voices.findIndex(speaks));
}
