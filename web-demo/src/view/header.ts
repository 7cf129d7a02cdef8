import type { Actions, View } from '../model.ts';
import { company } from '../names.ts';
import { LANG_TAGS, LANGUAGES, type UiLanguage } from '../strings.ts';
import { button, el, icon, setAttribute, setText } from './dom.ts';

/** The name, the room with its invitation, and the language of the page. */
export function headerView(actions: Actions): View {
  const calls = el('a', { class: 'button small quiet', href: '/calls' });
  const linkWord = el('span');
  const link = button('button small quiet', actions.copyLink, icon('link'), icon('check'), linkWord);
  link.classList.add('copy');
  const languages = (Object.keys(LANGUAGES) as UiLanguage[]).map((language) => {
    const choice = button('chip', () => actions.chooseLanguage(language), LANGUAGES[language]);
    choice.lang = LANG_TAGS[language];
    return { language, choice };
  });
  const group = el('div', { class: 'chips', role: 'group' }, ...languages.map(({ choice }) => choice));
  const room = el('span', { class: 'room' });
  const element = el(
    'header',
    { class: 'header' },
    el('h1', {}, 'Parley'),
    room,
    el('div', { class: 'header-tools' }, link, calls, group),
  );
  return {
    element,
    render(state, t) {
      const { call, language, copied, room: wanted } = state;
      const others = company(state, t);
      const where = [wanted && t('room', { room: wanted }), others && t('with', { names: others })];
      setText(room, where.filter(Boolean).join(' · '));
      room.title = others;
      // A call must not end because its page is left.
      calls.hidden = call.kind !== 'idle' && call.kind !== 'ended';
      setText(calls, t('calls'));
      link.hidden = call.kind !== 'in-call';
      link.dataset.done = String(copied);
      setText(linkWord, t(copied ? 'copied' : 'copyLink'));
      setAttribute(group, 'aria-label', t('interfaceLanguage'));
      for (const each of languages) setAttribute(each.choice, 'aria-pressed', String(each.language === language));
    },
  };
}
