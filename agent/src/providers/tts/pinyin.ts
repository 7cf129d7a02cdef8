import { pinyin } from 'pinyin-pro';

/**
 * Chinese characters as eSpeak's Mandarin voice reads them best: pinyin with tone numbers, chosen by the words around
 * each (音乐 is yin1 yue4, 快乐 kuai4 le4). eSpeak knows the neutral tone as 5.
 */
export const toPinyin = (text: string): string =>
  pinyin(text, { toneType: 'num', nonZh: 'consecutive' }).replace(/(?<=\p{Ll})0/gu, '5');
