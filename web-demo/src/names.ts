import type { PageState } from './model.ts';
import type { Translate } from './strings.ts';

/** Longest name that the server takes. */
export const LONGEST_NAME = 64;

/** What was typed, as a name that the server takes; undefined where nothing is left of it. */
export function nameFrom(typed: string): string | undefined {
  const oneLine = typed.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').trim();
  return oneLine.slice(0, LONGEST_NAME).trim() || undefined;
}

type Known = Pick<PageState, 'names' | 'mine' | 'others'>;

/** What to call a caller; what has no id was said here. */
export function callerName(callerId: string | undefined, { names, mine }: Pick<Known, 'names' | 'mine'>, t: Translate) {
  if (!callerId || mine.includes(callerId)) return t('you');
  return names[callerId] ?? t('guest');
}

/** The other callers who are there; empty where there are none. */
export const company = (state: Known, t: Translate): string =>
  state.others.map((id) => callerName(id, state, t)).join(t('comma'));
