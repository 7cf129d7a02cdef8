/** Longest result that the LLM is given, in characters: some 4,000 tokens of English. */
export const MAX_RESULT_CHARS = 16_000;
/** Longest error, in characters. */
export const MAX_ERROR_CHARS = 600;
/** Shorter ones would blot out harmless words. */
const MIN_SECRET_CHARS = 8;

/** A result, cut where it is too long, with a remark that the LLM can read. */
export function boundedResult(text: string): string {
  if (text.length <= MAX_RESULT_CHARS) return text;
  return `${beginning(text, MAX_RESULT_CHARS)}\n[cut here: only the first ${MAX_RESULT_CHARS} characters are shown]`;
}

/** The first `chars` characters; never half a character. */
export function beginning(text: string, chars: number): string {
  const cut = text.slice(0, chars);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}

/** On one line, cut where it is too long: for errors and the log. */
export function shortText(text: string, chars = MAX_ERROR_CHARS): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= chars ? line : `${beginning(line, chars)}...`;
}

/** Blots these values out of a text, and their last words: of `Bearer sk-...` the key alone, too. */
export function hider(values: Iterable<string>): (text: string) => string {
  const secrets = [...values]
    .flatMap((value) => [value, value.split(/\s+/).at(-1) ?? ''])
    .filter((value) => value.length >= MIN_SECRET_CHARS)
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, '[hidden]'), text);
}
