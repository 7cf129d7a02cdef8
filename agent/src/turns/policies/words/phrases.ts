import { tokensOf } from './tokens.ts';

/** A set of phrases to be found in tokens. All lengths are in tokens; 0 means none. */
export class Phrases {
  readonly #phrases = new Set<string>();
  readonly #longest: number;
  /** What phrases of several tokens begin with. */
  readonly #beginnings = new Set<string>();

  /** `text`: phrases between commas or line ends, so that lists read as lists. */
  constructor(text: string) {
    let longest = 0;
    for (const phrase of text.split(/[,，\n]/)) {
      const tokens = tokensOf(phrase);
      if (tokens.length === 0) continue;
      this.#phrases.add(tokens.join(' '));
      longest = Math.max(longest, tokens.length);
      for (let length = 1; length < tokens.length; length++) this.#beginnings.add(tokens.slice(0, length).join(' '));
    }
    this.#longest = longest;
  }

  /** Length of the longest phrase that starts at `from`. */
  at(tokens: readonly string[], from = 0): number {
    for (let length = Math.min(this.#longest, tokens.length - from); length > 0; length--) {
      if (this.#has(tokens, from, from + length)) return length;
    }
    return 0;
  }

  /** Length of the longest phrase that the tokens end with. */
  tail(tokens: readonly string[]): number {
    for (let length = Math.min(this.#longest, tokens.length); length > 0; length--) {
      if (this.#has(tokens, tokens.length - length, tokens.length)) return length;
    }
    return 0;
  }

  /** Where the last phrase ends, counted from the start. */
  lastEnd(tokens: readonly string[]): number {
    for (let from = tokens.length - 1; from >= 0; from--) {
      const length = this.at(tokens, from);
      if (length > 0) return from + length;
    }
    return 0;
  }

  /** Are these tokens one phrase, or phrases one after another, and nothing else? */
  covers(tokens: readonly string[]): boolean {
    return tokens.length > 0 && this.head(tokens) === tokens.length;
  }

  /** Length of the longest head that consists of phrases only. */
  head(tokens: readonly string[]): number {
    const reached = new Array<boolean>(tokens.length + 1).fill(false);
    reached[0] = true;
    let furthest = 0;
    for (let from = 0; from <= furthest && from < tokens.length; from++) {
      if (!reached[from]) continue;
      for (let to = from + 1; to <= Math.min(from + this.#longest, tokens.length); to++) {
        if (!this.#has(tokens, from, to)) continue;
        reached[to] = true;
        furthest = Math.max(furthest, to);
      }
    }
    return furthest;
  }

  /** Are all these tokens the beginning of a longer phrase? */
  begins(tokens: readonly string[]): boolean {
    return this.#beginnings.has(tokens.join(' '));
  }

  /** Is this very token a phrase? */
  has(token: string | undefined): boolean {
    return token !== undefined && this.#phrases.has(token);
  }

  #has(tokens: readonly string[], from: number, to: number): boolean {
    return this.#phrases.has(to === from + 1 ? (tokens[from] as string) : tokens.slice(from, to).join(' '));
  }
}
