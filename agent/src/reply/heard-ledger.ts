import { weigh } from './clauses.ts';

interface Piece {
  readonly text: string;
  readonly startMs: number;
  audioMs: number;
  closed: boolean;
  /** Where words end in the text, and when they begin in this piece's audio, if the TTS says. */
  readonly words: { readonly end: number; readonly atMs: number }[];
}

/** Words beside the answer, which bridge a silence; `atMs` of the answer's own audio. */
interface Aside {
  readonly text: string;
  readonly atMs: number;
  readonly ms: number;
}

/** What it takes to say one unit of `weigh`, in ms; used only until a piece's length is known. */
const MS_PER_WEIGHT = 65;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Which words have been heard after so many ms of a reply: by the TTS's word times, else by proportion. */
export class HeardLedger {
  readonly #pieces: Piece[] = [];
  readonly #asides: Aside[] = [];
  #totalMs = 0;

  /** All text of the answer that was given to the voice so far. */
  get text(): string {
    return this.#pieces.map((piece) => piece.text).join('');
  }

  /** Audio so far, asides included, in ms. */
  get totalMs(): number {
    return this.#asides.reduce((sum, { ms }) => sum + ms, this.#totalMs);
  }

  /** Words that are no part of the answer come here in its audio. */
  aside(text: string, ms: number): void {
    this.#asides.push({ text, atMs: this.#totalMs, ms });
  }

  open(text: string): void {
    this.#pieces.push({ text, startMs: this.#totalMs, audioMs: 0, closed: false, words: [] });
  }

  addAudio(ms: number): void {
    const piece = this.#current();
    piece.audioMs += ms;
    this.#totalMs += ms;
  }

  /** A word of the open piece, with its start in that piece's audio. Words that are not in the text are passed over. */
  addWord(word: string, atMs: number): void {
    const piece = this.#current();
    const from = piece.words.at(-1)?.end ?? 0;
    const found = piece.text.toLowerCase().indexOf(word.toLowerCase(), from);
    if (found >= 0) piece.words.push({ end: found + word.length, atMs });
  }

  close(): void {
    this.#current().closed = true;
  }

  /** The words of the answer that are complete after `ms` of the reply's audio. */
  heard(ms: number): string {
    let own = ms;
    for (const { atMs, ms: length } of this.#asides) if (own > atMs) own = Math.max(atMs, own - length);
    return this.#heardOfAnswer(own);
  }

  /** The same with the asides that have begun, as captions show it. */
  shown(ms: number): string {
    let shown = '';
    let before = '';
    let own = ms;
    for (const { text, atMs, ms: length } of this.#asides) {
      if (own <= atMs) break;
      const until = this.#heardOfAnswer(atMs);
      shown = joined(joined(shown, until.slice(before.length)), text);
      before = until;
      own = Math.max(atMs, own - length);
    }
    const rest = this.#heardOfAnswer(own).slice(before.length);
    return shown === '' ? rest : joined(shown, rest);
  }

  #heardOfAnswer(ms: number): string {
    let text = '';
    for (const piece of this.#pieces) {
      const within = ms - piece.startMs;
      if (piece.closed && within >= piece.audioMs) text += piece.text;
      else return text + (within > 0 ? heardOf(piece, within) : '');
    }
    return text;
  }

  #current(): Piece {
    const piece = this.#pieces.at(-1);
    if (!piece || piece.closed) throw new TypeError('no piece is open');
    return piece;
  }
}

const joined = (a: string, b: string): string => `${a.trimEnd()} ${b.trimStart()}`.trim();

function heardOf(piece: Piece, ms: number): string {
  return piece.words.length > 0 ? heardByTimes(piece, ms) : heardByProportion(piece, ms);
}

/** A word is complete when the next one begins. */
function heardByTimes(piece: Piece, ms: number): string {
  let end = 0;
  for (const [i, word] of piece.words.entries()) {
    const over = piece.words[i + 1]?.atMs ?? (piece.closed ? piece.audioMs : Number.POSITIVE_INFINITY);
    if (over > ms) break;
    end = word.end;
  }
  return piece.text.slice(0, end);
}

function heardByProportion(piece: Piece, ms: number): string {
  const whole = weigh(piece.text);
  const lengthMs = piece.closed ? piece.audioMs : Math.max(piece.audioMs, whole * MS_PER_WEIGHT);
  const share = (ms / lengthMs) * whole;
  let end = 0;
  let weight = 0;
  for (const { segment, index, isWordLike } of segmenter.segment(piece.text)) {
    weight += weigh(segment);
    if (weight > share) break;
    if (isWordLike) end = index + segment.length;
  }
  return piece.text.slice(0, end);
}
