/** Writing systems without spaces between words: each character may be the last one. */
const SPACELESS = '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}。！？，；：、';
const UP_TO_LAST_BOUNDARY = new RegExp(`^[\\s\\S]*[\\s${SPACELESS}]`, 'u');
/** Longer than words are. */
const MAX_HELD = 40;

export const endsSpaceless = (text: string): boolean => new RegExp(`[${SPACELESS}]$`, 'u').test(text);

/**
 * Lets a growing text through up to its last whole word, so that where it breaks off another writer can go on: nobody
 * has heard half a word. That makes it one token later, which clauses do not notice.
 */
export class WholeWords {
  #held = '';

  push(delta: string): string {
    const text = this.#held + delta;
    const end = UP_TO_LAST_BOUNDARY.exec(text)?.[0].length ?? 0;
    const given = text.length - end > MAX_HELD ? text : text.slice(0, end);
    this.#held = text.slice(given.length);
    return given;
  }

  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}
