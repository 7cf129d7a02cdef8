import {
  AFTERTHOUGHTS,
  ASKED,
  ASKS,
  CALLS,
  GOVERNORS,
  GREETINGS,
  INVERTIBLE,
  LEAD_INS,
  MORE,
  NEEDS_MORE,
  NOT_NOW,
  OPINIONS,
  OTHER_TIMES,
  PREDICATES,
  QUESTION_HEADS,
  SUGGESTIONS,
  TAKERS,
} from './words/address.ts';
import { CHINESE } from './words/chinese.ts';
import { ENGLISH, OBJECT_WORDS } from './words/english.ts';
import { soundsLike } from './words/near-name.ts';
import { isHan, tokensOf } from './words/tokens.ts';

export interface AddressInput {
  /** What was said; punctuation helps where it is there. */
  readonly text: string;
  /** What the one who may be addressed is called. */
  readonly names: readonly string[];
  /** BCP 47. Absent: English or Chinese. In others a name counts at either end and after a greeting. */
  readonly language?: string;
}

/** Where a name stands in a clause. */
interface Place {
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** It was only something like the name. */
  readonly near: boolean;
}

const CLAUSE_END = /[,，.。!！?？;；:：、…\n]+/u;

/**
 * Is somebody called, or asked for, by these words? A name is called in the first words, in the last ones and after a
 * greeting; elsewhere, and where the words beside it govern it, it is talked about.
 */
export function isAddressed({ text, names, language }: AddressInput): boolean {
  const called = names.map((name) => tokensOf(fold(name))).filter((tokens) => tokens.length > 0);
  const known = /^(?:en|zh|cmn|yue)\b/i.test(language ?? 'en');
  return fold(text)
    .split(CLAUSE_END)
    .some((clause) => {
      const tokens = tokensOf(clause);
      return called.some((name) => placesOf(tokens, name).some((place) => isCall(place, known)));
    });
}

/** Without the accents that a recogniser may or may not write. */
const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');

function placesOf(tokens: readonly string[], name: readonly string[]): Place[] {
  const places: Place[] = [];
  const add = (from: number, to: number, near: boolean): void => {
    places.push({ before: tokens.slice(0, from), after: tokens.slice(to), near });
  };
  const whole = name.join('');
  for (let from = 0; from < tokens.length; from++) {
    if (name.every((token, i) => tokens[from + i] === token)) add(from, from + name.length, false);
    else if (soundsLike(tokens[from] as string, whole)) add(from, from + 1, true);
    else if (isSplit(tokens.slice(from, from + 2), whole)) add(from, from + 2, true);
  }
  return places;
}

/** `par lay`: heard as two words. */
function isSplit(pair: readonly string[], name: string): boolean {
  if (pair.length < 2 || pair.some((token) => token.length < 2 || isHan(token))) return false;
  return pair.join('') === name || soundsLike(pair.join(''), name);
}

function isCall(place: Place, known: boolean): boolean {
  const { before, after, near } = place;
  if (GREETINGS.tail(before) > 0) return !known || !isTalkedAbout(after);
  const head = leads(before) === before.length;
  const tail = after.length === 0 || AFTERTHOUGHTS.covers(after);
  if (!known) return !near && (head || tail);
  if (near) return (head && (tail || opensRequest(after))) || (tail && opensRequest(before) && !isGoverned(before));
  if (head) return !isTalkedAbout(after);
  return (tail && !isGoverned(before)) || isAskedFor(place);
}

/** Length of what comes before the sentence proper. */
function leads(tokens: readonly string[]): number {
  let length = 0;
  for (;;) {
    const rest = tokens.slice(length);
    const more = Math.max(LEAD_INS.at(rest), GREETINGS.at(rest));
    if (more === 0) return length;
    length += more;
  }
}

function isTalkedAbout(after: readonly string[]): boolean {
  const predicate = PREDICATES.at(after);
  if (predicate === 0 || CALLS.at(after) >= predicate) return false;
  const verb = INVERTIBLE.at(after);
  return verb === 0 || ASKED.at(after, verb) === 0;
}

function isGoverned(before: readonly string[]): boolean {
  if (GOVERNORS.tail(before) > 0) return true;
  return TAKERS.tail(before) > 0 && OBJECT_WORDS.at(before.slice(leads(before))) === 0;
}

/** A question or a request, by its first words. */
function opensRequest(tokens: readonly string[]): boolean {
  const body = tokens.slice(leads(tokens));
  return [ENGLISH, CHINESE].some((lexicon) =>
    [lexicon.questions, lexicon.questionWords, lexicon.requests, lexicon.commands].some((list) => list.at(body) > 0),
  );
}

/** `ask parley`, `what does parley think`, `听听助手怎么说`. */
function isAskedFor({ before, after }: Place): boolean {
  if (OPINIONS.at(after) > 0) return true;
  if (OTHER_TIMES.lastEnd(before) > 0 || OTHER_TIMES.lastEnd(after) > 0) return false;
  const body = before.slice(leads(before));
  if (after.length > 0 && QUESTION_HEADS.at(body) === body.length) return true;
  const asks = ASKS.tail(before);
  const suggested = SUGGESTIONS.at(body);
  if (asks === 0 || NOT_NOW.lastEnd(suggested > 0 ? body.slice(suggested) : before) > 0) return false;
  return NEEDS_MORE.tail(before) < asks || MORE.at(after) > 0;
}
