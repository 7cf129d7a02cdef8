import type { Phrases } from './phrases.ts';

/** What the endpointing policy knows of a language. Where two tails match, the longer one decides. */
export interface Lexicon {
  /** Whole turns that need no more words: `no thanks`, `好的`. May be combined: `yes please thank you`. */
  readonly answers: Phrases;
  /** Whole turns that may be an answer or a start: `well`, `嗯`. */
  readonly unclear: Phrases;
  /** Whole turns (openers left out) that lack their object: `turn on`, `打开`. */
  readonly fragments: Phrases;
  readonly unfinishedTails: Phrases;
  readonly finishedTails: Phrases;
  /** Tails with which a question or command may be over or not: turn on `all`. */
  readonly openTails: Phrases;
  /** Unfinished tails of one word that may yet end a question: what are you looking `for`. */
  readonly stranded: Phrases;
  /** Said before the sentence proper: `okay so`, `请`. */
  readonly openers: Phrases;
  /** Heads of a request that is spoken as a question: `can you`, `帮我`. */
  readonly requests: Phrases;
  /** First words of a command. */
  readonly commands: Phrases;
  /** First words of a question. */
  readonly questions: Phrases;
  /** Make a question wherever they stand: `什么`. */
  readonly questionWords: Phrases;
  /** Begin a clause that waits for the main one: `if`, `如果`... */
  readonly subordinators: Phrases;
  /** ...unless it is longer than so many tokens: then the main one has begun. */
  readonly bareClauseTokens: number;
  /** Said one by one when a number or a code is read out. */
  readonly digits: Phrases;
  /** Announce that one is read out: `my number is`. */
  readonly numberContexts: Phrases;
  /** Digits from which a number that is read out may be whole. */
  readonly wholeNumberDigits: number;
}
