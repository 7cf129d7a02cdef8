import { languageOf } from '../reply/index.ts';
import type { Utterance } from './utterance.ts';

/** What one caller said in a turn. */
export interface CallerWords {
  readonly callerId: string;
  readonly text: string;
}

/** What one caller contributed to a turn, in order: speech, or typed words. */
interface Part {
  readonly callerId: string;
  readonly utterance?: Utterance;
  readonly typed?: string;
}

/** A turn older than the last few takes no more late words: its answer is long past. */
const TURNS_KEPT = 8;

/** Which words belong to which turn, whenever they arrive. */
export class TurnBook {
  readonly #turns = new Map<number, Part[]>();
  readonly #pending = new Set<Utterance>();

  /** Speech whose turn is not known yet: it overlaps the agent. */
  hold(utterance: Utterance): void {
    this.#pending.add(utterance);
  }

  /** Speech under way, and all that was held, belongs to this turn. */
  open(turn: number): void {
    if (!this.#turns.has(turn)) this.#turns.set(turn, []);
    for (const utterance of this.#pending) this.add(turn, utterance);
    this.#pending.clear();
    for (const old of this.#turns.keys()) if (old <= turn - TURNS_KEPT) this.#turns.delete(old);
  }

  add(turn: number, utterance: Utterance): void {
    this.#parts(turn).push({ callerId: utterance.callerId, utterance });
  }

  addTyped(turn: number, callerId: string, text: string): void {
    this.#parts(turn).push({ callerId, typed: text });
  }

  /** The words of held speech. */
  get held(): { text: string; settled: boolean } {
    const held = [...this.#pending];
    return { text: joinText(held.map(({ text }) => text)), settled: held.every(({ settled }) => settled) };
  }

  /** The overlapping speech came to nothing. */
  dropHeld(): void {
    for (const utterance of this.#pending) utterance.drop();
    this.#pending.clear();
  }

  drop(turn: number): void {
    this.#turns.delete(turn);
  }

  turnOf(utterance: Utterance): number | undefined {
    for (const [turn, parts] of this.#turns) if (parts.some((part) => part.utterance === utterance)) return turn;
    return undefined;
  }

  /** No more words of this turn's speech so far are to come. */
  settled(turn: number): boolean {
    return this.#parts(turn).every((part) => part.utterance?.settled ?? true);
  }

  /** Its last words were typed. */
  isTyped(turn: number): boolean {
    return this.#parts(turn).at(-1)?.typed !== undefined;
  }

  callers(turn: number): string[] {
    return [...new Set(this.#parts(turn).map((part) => part.callerId))];
  }

  text(turn: number, callerId: string): string {
    const parts = this.#parts(turn).filter((part) => part.callerId === callerId);
    return joinText(parts.map((part) => part.typed ?? part.utterance?.text ?? ''));
  }

  words(turn: number): CallerWords[] {
    return this.callers(turn).map((callerId) => ({ callerId, text: this.text(turn, callerId) }));
  }

  /** BCP 47, by the recogniser or by the script of the words. */
  language(turn: number): string | undefined {
    const texts = this.words(turn).map(({ text }) => text);
    return this.toldLanguage(turn) ?? languageOf(texts.join(' '));
  }

  /** By the recogniser alone. */
  toldLanguage(turn: number): string | undefined {
    return this.#parts(turn).findLast((part) => part.utterance?.language)?.utterance?.language;
  }

  #parts(turn: number): Part[] {
    const parts = this.#turns.get(turn) ?? [];
    this.#turns.set(turn, parts);
    return parts;
  }
}

/** One text of several runs of speech: a space between them, except between Chinese or Japanese characters. */
function joinText(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    if (text === '') continue;
    const tight = /[\u3040-\u9fff]$/.test(joined) && /^[\u3040-\u9fff]/.test(text);
    joined += joined === '' || tight ? text : ` ${text}`;
  }
  return joined;
}
