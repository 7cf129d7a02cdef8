import { primaryLanguage } from '../language.ts';

/** A stretch of text that one voice can read. */
export interface Run {
  readonly text: string;
  readonly chinese: boolean;
}

const HAN = /\p{Script=Han}/u;
const LATIN_WORDS =
  /\p{Script=Latin}[\p{Script=Latin}\p{N}'’._/-]*(?:[ ]+\p{Script=Latin}[\p{Script=Latin}\p{N}'’._/-]*)*/gu;
/** Their own voices read Chinese characters in their own way. */
const OTHER_HAN_READERS = ['ja', 'ko', 'yue'];

/** Cuts a text that mixes Chinese with Latin words, because no eSpeak voice reads both. Digits stay with Chinese. */
export function runsOf(text: string, language?: string): Run[] {
  const plain = text
    .replace(/\p{Cc}+/gu, ' ')
    .replaceAll('[[', '[')
    .trim(); // [[ would begin phonemes
  if (!/[\p{L}\p{N}]/u.test(plain)) return [];
  if (!HAN.test(plain)) return [{ text: plain, chinese: false }];
  if (language !== undefined && OTHER_HAN_READERS.includes(primaryLanguage(language))) {
    return [{ text: plain, chinese: primaryLanguage(language) === 'yue' }];
  }
  const runs: Run[] = [];
  let from = 0;
  const add = (piece: string, chinese: boolean): void => {
    if (/[\p{L}\p{N}]/u.test(piece)) runs.push({ text: piece.trim(), chinese });
  };
  for (const { 0: words, index } of plain.matchAll(LATIN_WORDS)) {
    add(plain.slice(from, index), true);
    add(words, false);
    from = index + words.length;
  }
  add(plain.slice(from), true);
  return runs;
}
