import { TRADITIONAL } from './traditional.ts';

/** What recognisers write for sounds that are no words: `[NOISE]`, `(coughs)`, `<sil>`, `++BREATH++`, `【音乐】`. */
const SOUND_TAG = /\[[^\]]*\]|\([^)]*\)|<[^>]*>|【[^】]*】|\+\+[^+]*\+\+/g;
/** A Han character is a token; so is any other run of letters and digits. */
const TOKEN = /\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}'])+/gu;
/** `hmmmm`, `yeahhh`: no English word has a letter three times in a row. */
const STRETCHED = /([a-z])\1{2,}/g;

/** A text's words in lower case without punctuation; Chinese by the character, in simplified script. */
export function tokensOf(text: string): string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(SOUND_TAG, ' ')
    .replace(STRETCHED, '$1');
  const tokens: string[] = [];
  for (const [match] of plain.matchAll(TOKEN)) {
    const token = match.replace(/^'+|'+$/g, '');
    if (token !== '') tokens.push(TRADITIONAL.get(token) ?? token);
  }
  return tokens;
}

export const isHan = (token: string): boolean => /^\p{Script=Han}/u.test(token);
