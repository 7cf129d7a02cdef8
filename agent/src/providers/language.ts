const HAN = /\p{Script=Han}/u;
const LETTER = /\p{L}/gu;

/** `en` of `en-US`; `zh` also of `cmn`. */
export function primaryLanguage(tag: string): string {
  const primary = tag.toLowerCase().split(/[-_]/, 1)[0] ?? '';
  return primary === 'cmn' ? 'zh' : primary;
}

/** Whether most of it is written in Chinese characters: one of them says about as much as three Latin letters. */
export function isChinese(text: string): boolean {
  const letters = text.match(LETTER) ?? [];
  const han = letters.filter((letter) => HAN.test(letter)).length;
  return han > 0 && han * 3 >= letters.length - han;
}
