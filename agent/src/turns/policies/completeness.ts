import { CHINESE } from './words/chinese.ts';
import {
  AUXILIARY_DO,
  CLAUSE_SUBJECTS,
  DETERMINERS,
  ENGLISH,
  FINAL_AFTER_DO,
  FINAL_IN_CLAUSE,
  OBJECT_WORDS,
  SUBJECTS,
} from './words/english.ts';
import type { Lexicon } from './words/lexicon.ts';
import { isHan, tokensOf } from './words/tokens.ts';

/**
 * What the words of a turn say about its end. `spelling`: a number or a code is being read out. `open`: they do not
 * tell.
 */
export type Completeness = 'wordless' | 'finished' | 'open' | 'unfinished' | 'spelling';

/** Digits or letters in a row that are read out one by one, without anything to announce them. */
const UNANNOUNCED_RUN = 3;
/** How far before the first digit a number may be announced, in tokens. */
const ANNOUNCEMENT_TOKENS = 8;
/** A question of fewer words has hardly begun: `what's new`, `how are you` have three. */
const QUESTION_WORDS = 3;

/** Written by a recogniser where the voice did not fall. A full stop tells nothing: many put one after any text. */
const PAUSE_MARK = /(?:[,，、:：;；—–-]|\.{2,}|…)\s*$/u;
const QUESTION_MARK = /[?？]\s*$/u;
const NUMERAL = /^\p{N}+$/u;

/** `language`: BCP 47; absent: told by the script. Other languages than English and Chinese are judged by marks only. */
export function completeness(text: string, language?: string): Completeness {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return 'wordless';
  const lexicon = lexiconOf(tokens, language);
  const asked = QUESTION_MARK.test(text);
  return (lexicon && byWords(tokens, lexicon, asked)) ?? byMarks(text, asked);
}

/** By the last word that has a script: people mix languages, and the end of the text is what counts. */
function lexiconOf(tokens: readonly string[], language: string | undefined): Lexicon | undefined {
  const last = tokens.findLast((token) => !NUMERAL.test(token));
  const script = last === undefined ? undefined : isHan(last) ? 'zh' : 'en';
  const spoken = language?.toLowerCase().split('-')[0];
  if (script === 'zh') return spoken === 'ja' ? undefined : CHINESE;
  if (spoken === undefined || spoken === 'en' || spoken === 'zh') {
    return script === undefined && spoken === 'zh' ? CHINESE : ENGLISH;
  }
  return undefined;
}

function byMarks(text: string, asked: boolean): Completeness {
  if (asked) return 'finished';
  return PAUSE_MARK.test(text) ? 'unfinished' : 'open';
}

function byWords(tokens: readonly string[], lexicon: Lexicon, asked: boolean): Completeness | undefined {
  if (lexicon.answers.covers(tokens)) return 'finished';
  if (lexicon.unclear.covers(tokens)) return 'open';
  if (isSpelling(tokens, lexicon)) return 'spelling';
  const body = tokens.slice(lexicon.openers.head(tokens));
  const bare = body.slice(lexicon.requests.head(body));
  if (isWhole(lexicon.fragments.at(body), body) || isWhole(lexicon.fragments.at(bare), bare)) return 'unfinished';

  const unfinished = lexicon.unfinishedTails.tail(tokens);
  const finished = lexicon.finishedTails.tail(tokens);
  if (finished > unfinished) return 'finished';
  if (unfinished > 0) {
    const rescued = unfinished === 1 && lexicon.stranded.has(tokens.at(-1)) && (asked || isStranded(body));
    return rescued ? 'finished' : 'unfinished';
  }
  if (asked) return 'finished';
  if (isBareClause(body, lexicon)) return 'unfinished';
  if (lexicon.openTails.tail(tokens) > 0) return undefined;
  if (isQuestion(body, lexicon) || isCommand(bare, lexicon)) return 'finished';
  return undefined;
}

const isWhole = (length: number, tokens: readonly string[]): boolean => length > 0 && length === tokens.length;

/** Does the text end in digits or letters that are read out, and are more to come? */
function isSpelling(tokens: readonly string[], lexicon: Lexicon): boolean {
  let from = tokens.length;
  let digits = 0;
  let spoken = 0;
  for (; from > 0; from--) {
    const token = tokens[from - 1] as string;
    if (NUMERAL.test(token)) digits += token.length;
    else if (lexicon.digits.has(token)) spoken++;
    else break;
  }
  digits += spoken;
  if (digits === 0 || digits >= lexicon.wholeNumberDigits) return false;
  if (spoken >= UNANNOUNCED_RUN) return true;
  const before = tokens.slice(Math.max(0, from - ANNOUNCEMENT_TOKENS), from);
  return lexicon.numberContexts.lastEnd(before) > 0;
}

/** `what are you looking for`: the word at the end lacks nothing, as the question asks for it. */
function isStranded(tokens: readonly string[]): boolean {
  const asking = tokens.findLastIndex((token) => OBJECT_WORDS.has(token));
  if (asking < 0 || tokens.length - asking < QUESTION_WORDS) return false;
  const [determiner, before, last] = tokens.slice(-3) as [string, string, string];
  if (SUBJECTS.has(before)) return true;
  if (before.endsWith('ing')) return !DETERMINERS.has(determiner);
  if (before === 'to') return true;
  if (last === 'like') return before === 'look' || before === 'looks';
  // Do you know where the station is; but not: what time is.
  if (asking > 0 && FINAL_IN_CLAUSE.has(last)) return true;
  // What does that word mean, how much does it all cost.
  const helped = tokens.slice(asking + 1, -1).some((token) => AUXILIARY_DO.has(token));
  return helped && FINAL_AFTER_DO.has(last);
}

/** `if it rains tomorrow`: the main clause is still to come. */
function isBareClause(tokens: readonly string[], lexicon: Lexicon): boolean {
  const head = lexicon.subordinators.at(tokens);
  if (head === 0 || tokens.length > lexicon.bareClauseTokens) return false;
  return lexicon.questions.at(tokens) <= head;
}

function isQuestion(tokens: readonly string[], lexicon: Lexicon): boolean {
  const head = lexicon.questions.at(tokens);
  if (head > 0 && !CLAUSE_SUBJECTS.has(tokens[head])) {
    const contracted = tokens[0]?.includes("'") ? 1 : 0;
    if (tokens.length + contracted >= QUESTION_WORDS && tokens.length > head) return true;
  }
  const asking = lexicon.questionWords.lastEnd(tokens);
  return asking > 0 && (asking === tokens.length || tokens.length - asking >= 2);
}

function isCommand(tokens: readonly string[], lexicon: Lexicon): boolean {
  const head = lexicon.commands.at(tokens);
  return head > 0 && tokens.length > head;
}
