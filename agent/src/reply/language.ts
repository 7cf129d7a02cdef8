/** BCP 47 of a text whose script tells it; undefined where it does not. */
export function languageOf(text: string): string | undefined {
  if (/[\u3040-\u30ff]/.test(text)) return 'ja';
  if (/[\uac00-\ud7af]/.test(text)) return 'ko';
  if (/[\u3400-\u9fff]/.test(text)) return 'zh';
  return undefined;
}
