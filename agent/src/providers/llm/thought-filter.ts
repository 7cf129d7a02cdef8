const OPEN = '<think>';
const CLOSE = '</think>';

/** Takes out the thoughts that some local models write before their answer, between `<think>` and `</think>`. */
export class ThoughtFilter {
  #state: 'start' | 'thinking' | 'answering' = 'start';
  #held = '';

  /** What of the text so far is the answer and has not been given yet. */
  push(delta: string): string {
    if (this.#state === 'answering') return delta;
    this.#held += delta;
    if (this.#state === 'start') {
      const begun = this.#held.trimStart();
      if (OPEN.startsWith(begun)) return '';
      this.#state = begun.startsWith(OPEN) ? 'thinking' : 'answering';
      if (this.#state === 'answering') return this.flush();
    }
    const end = this.#held.indexOf(CLOSE);
    if (end < 0) {
      this.#held = this.#held.slice(-CLOSE.length); // a mark may be cut in two
      return '';
    }
    this.#state = 'answering';
    this.#held = this.#held.slice(end + CLOSE.length).trimStart();
    return this.flush();
  }

  /** What was held back and is no thought. */
  flush(): string {
    const text = this.#state === 'thinking' ? '' : this.#held;
    this.#held = '';
    return text;
  }
}
