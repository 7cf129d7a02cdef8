const OPEN = '<think>';
const CLOSE = '</think>';

/** Takes out the thoughts that some local models write before their answer, between `<think>` and `</think>`. */
export class ThoughtFilter {
  #state: 'start' | 'thinking' | 'after' | 'answering' = 'start';
  #held = '';

  /** What of the text so far is the answer and has not been given yet. */
  push(delta: string): string {
    if (this.#state === 'answering') return delta;
    this.#held += delta;
    if (this.#state === 'start') {
      const begun = this.#held.trimStart();
      if (OPEN.startsWith(begun)) return '';
      this.#state = begun.startsWith(OPEN) ? 'thinking' : 'answering';
    }
    if (this.#state === 'thinking') {
      const end = this.#held.indexOf(CLOSE);
      this.#held = end < 0 ? this.#held.slice(-CLOSE.length) : this.#held.slice(end + CLOSE.length);
      if (end < 0) return ''; // its tail is kept: the mark may be cut in two
      this.#state = 'after';
    }
    if (this.#state === 'after') {
      this.#held = this.#held.trimStart();
      if (this.#held !== '') this.#state = 'answering';
    }
    return this.flush();
  }

  /** What was held back and is no thought. */
  flush(): string {
    const text = this.#state === 'thinking' ? '' : this.#held;
    this.#held = '';
    return text;
  }
}
