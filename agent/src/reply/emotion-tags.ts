import type { Emotion } from '../contracts/index.ts';
import { directionOf } from './emotion-words.ts';

/** Text as it is heard and shown; `emotion`: in which it is said, absent where nothing but the settings tells. */
export interface Toned {
  readonly text: string;
  readonly emotion?: Emotion;
}

const OPENS = /[[<【]/;
/** What may stand in a tag; bounded, as a bracket that stays open is text. */
const INNER = String.raw`/?\p{L}[\p{L} '’/:=：,-]{0,39}`;
const BRACKETED = new RegExp(`^(?:\\[ ?${INNER}\\]|<${INNER}>|【${INNER}】)`, 'u');
const MAY_GROW = new RegExp(`^(?:\\[ ?|<|【)(?:/|${INNER})?$`, 'u');
/** Where a sentence begins: after the end of another one, or of a line. */
const SENTENCE_BEGINS = /(?:^|[.!?。！？…]["'”’)\]」』]*|\n)\s*$/;
const TAIL = 8;

/** The line of the instructions that tells a model of the tags; empty where the voice has no emotions. */
export function emotionInstructions(emotions: readonly Emotion[] = []): string {
  if (emotions.length === 0) return '';
  const tags = emotions.map((emotion) => `[${emotion}]`).join(' ');
  return (
    `Your voice can show feelings. To change its tone, begin a sentence with one of these tags: ${tags}. It is not read ` +
    'aloud and holds until the next tag. Use one only where the feeling changes, and write no other stage directions.'
  );
}

/**
 * Takes the tags out of a growing text, `[happy]` or whatever means the same, and says in which emotion each run of the
 * rest is spoken. Stage directions such as `[laughs]` go too, as no voice can speak them; other brackets are text.
 */
export class EmotionTags {
  #held = '';
  #emotion: Emotion | undefined;
  /** The last characters that were given. */
  #tail = '';
  /** A tag stood between two spaces: the second one goes with it. */
  #swallowsSpace = false;

  /** Adds what the LLM wrote. What may still become a tag is held back. */
  push(delta: string): Toned[] {
    return this.#read(this.#held + delta, false);
  }

  /** What is left at the end of the text. */
  flush(): Toned[] {
    return this.#read(this.#held, true);
  }

  #read(text: string, ended: boolean): Toned[] {
    const runs: Toned[] = [];
    let rest = text;
    this.#held = '';
    while (rest !== '') {
      const at = rest.search(OPENS);
      this.#give(runs, at < 0 ? rest : rest.slice(0, at));
      if (at < 0) break;
      rest = rest.slice(at);
      const [whole = ''] = BRACKETED.exec(rest) ?? [];
      // A link's address would follow at once.
      if (!ended && (whole === rest || MAY_GROW.test(rest))) {
        this.#held = rest;
        break;
      }
      if (whole === '' || !this.#take(whole, rest[whole.length])) this.#give(runs, rest.slice(0, whole.length || 1));
      rest = rest.slice(whole.length || 1);
    }
    return runs;
  }

  /** False where the bracket is text. */
  #take(bracket: string, next: string | undefined): boolean {
    if (next === '(') return false;
    const direction = directionOf(bracket, SENTENCE_BEGINS.test(this.#tail));
    if (!direction) return false;
    if (direction.kind === 'emotion') this.#emotion = direction.emotion;
    this.#swallowsSpace = this.#tail === '' || /\s$/.test(this.#tail);
    return true;
  }

  #give(runs: Toned[], given: string): void {
    const text = this.#swallowsSpace ? given.trimStart() : given;
    if (text === '') return;
    this.#swallowsSpace = false;
    this.#tail = (this.#tail + text).slice(-TAIL);
    const last = runs.at(-1);
    if (last && last.emotion === this.#emotion) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ text, ...(this.#emotion ? { emotion: this.#emotion } : {}) });
  }
}
