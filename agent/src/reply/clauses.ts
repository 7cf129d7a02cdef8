/** Shortest first clause that is worth speaking on its own, in characters; CJK characters count threefold. */
const FIRST_CLAUSE_WEIGHT = 15;
/** A sentence longer than this is broken at a comma or a space, so that speech is never far behind the text. */
const LONG_SENTENCE_WEIGHT = 220;

const CJK = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]/;
const SENTENCE_END = /[.!?。！？…\n]/;
const CLAUSE_END = /[,;:，；：、—]/;
const CJK_PUNCTUATION = /[。！？，；：、]/;
const CLOSING = /["'”’)\]】」』]/;
const ABBREVIATION = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|vs|etc|no|e\.g|i\.e|a\.m|p\.m|[a-z])\.$/i;

/** How long a text is to speak, in the width of Latin letters. */
export function weigh(text: string): number {
  let weight = 0;
  for (const char of text) weight += CJK.test(char) ? 3 : 1;
  return weight;
}

/** Cuts a growing text into pieces to speak: the first at the first clause, the others sentence by sentence. */
export class ClauseCutter {
  #rest = '';
  #first = true;

  /** Adds what the LLM wrote; returns the clauses that are complete now. Together they are the whole text. */
  push(delta: string): string[] {
    this.#rest += delta;
    const clauses: string[] = [];
    for (;;) {
      const end = this.#boundary();
      if (end === 0) return clauses;
      clauses.push(...this.#take(end));
    }
  }

  /** Ends the clause under way here; spaces alone belong to the next one. */
  cut(): string[] {
    return this.#rest.trim() === '' ? [] : this.flush();
  }

  /** What is left at the end of the text. */
  flush(): string[] {
    return this.#take(this.#rest.length);
  }

  #take(end: number): string[] {
    const clause = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    if (clause.trim() === '') return [];
    this.#first = false;
    return [clause];
  }

  /** Where the first complete clause ends, or 0. A mark at the very end may still grow: 3. -> 3.14. */
  #boundary(): number {
    const text = this.#rest;
    for (let i = 0; i < text.length; i++) {
      const char = text[i] as string;
      const ends = SENTENCE_END.test(char);
      if (!ends && !(CLAUSE_END.test(char) && this.#mayBreak(text.slice(0, i + 1)))) continue;
      let end = i + 1;
      while (end < text.length && (SENTENCE_END.test(text[end] as string) || CLOSING.test(text[end] as string))) end++;
      if (char === '\n' || CJK_PUNCTUATION.test(char)) return end;
      if (end >= text.length) return 0;
      if (!/\s/.test(text[end] as string)) continue;
      if (char === '.' && ABBREVIATION.test(text.slice(0, i + 1))) continue;
      return end;
    }
    return 0;
  }

  #mayBreak(clause: string): boolean {
    return weigh(clause) >= (this.#first ? FIRST_CLAUSE_WEIGHT : LONG_SENTENCE_WEIGHT);
  }
}

/** The pieces in which a whole text is spoken. */
export function piecesOf(text: string): string[] {
  const cutter = new ClauseCutter();
  return [...cutter.push(text), ...cutter.flush()].map(speakable);
}

/** The text as it should be said: without Markdown's marks, links' addresses and emoji. */
export function speakable(text: string): string {
  return text
    .replace(/```[\s\S]*?(?:```|$)/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^\s*(?:[-*+]|#{1,6}|>)\s+/gm, '')
    .replace(/[*_`#~|]+/g, '')
    .replace(/\p{Extended_Pictographic}\uFE0F?/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}
