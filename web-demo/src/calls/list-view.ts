import { LANG_TAGS, type Translate } from '../strings.ts';
import { button, each, el, setAttribute, setText } from '../view/dom.ts';
import { clockTime } from './follow.ts';
import type { CallSummary } from './library.ts';
import type { CallsActions, CallsState } from './model.ts';

export interface Part {
  readonly element: HTMLElement;
  render(state: CallsState, t: Translate): void;
}

/** All calls, newest first, and the search in them. */
export function listView(actions: CallsActions): Part {
  const search = el('input', { type: 'search', maxlength: '200', autocomplete: 'off' });
  search.addEventListener('input', () => actions.search(search.value));
  const list = el('ul', { class: 'calls' });
  const empty = el('p', { class: 'empty' });
  const more = button('button small quiet', () => actions.more());
  const element = el('section', { class: 'panel call-list' }, el('div', { class: 'field' }, search), empty, list, more);
  return {
    element,
    render(state, t) {
      const { calls, query, chosen, note } = state;
      setAttribute(search, 'placeholder', t('searchCalls'));
      setAttribute(search, 'aria-label', t('searchCalls'));
      setText(empty, note ? t(note) : calls?.length === 0 ? t(query.trim() ? 'callsNothingFound' : 'callsEmpty') : '');
      empty.hidden = empty.textContent === '';
      each(list, calls ?? [], {
        key: ({ call }) => call,
        make: ({ call }) => {
          const parts = ['call-when', 'call-words', 'call-facts'].map((name) => el('span', { class: name }));
          return el(
            'li',
            {},
            button('call-item', () => actions.choose(call), ...parts),
          );
        },
        update: (item, call) => {
          const [item_, when, words, facts] = [item.firstElementChild!, ...item.firstElementChild!.children];
          setAttribute(item_, 'aria-pressed', String(call.call === chosen?.call));
          setText(when!, whenOf(call, state));
          setText(words!, call.excerpt ?? t('callSilent'));
          setText(facts!, factsOf(call, t));
        },
      });
      more.hidden = state.next === undefined;
      setText(more, t('moreCalls'));
    },
  };
}

const whenOf = ({ openedAt }: CallSummary, { language }: CallsState): string =>
  new Intl.DateTimeFormat(LANG_TAGS[language], { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(openedAt));

function factsOf({ openedAt, endedAt, turns, callers, recorded }: CallSummary, t: Translate): string {
  const lasted = endedAt === undefined ? t('callNow') : clockTime(Date.parse(endedAt) - Date.parse(openedAt));
  const names = callers.join(t('comma'));
  return [lasted, t('callTurns', { turns }), recorded && t('callRecorded'), names].filter(Boolean).join(' · ');
}
