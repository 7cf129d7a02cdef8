import '../styles/base.css';
import '../styles/layout.css';
import '../styles/controls.css';
import '../styles/conversation.css';
import '../styles/panels.css';
import '../styles/calls.css';
import { LANG_TAGS, LANGUAGES, preferredLanguage, translator, type UiLanguage } from '../strings.ts';
import { button, el, setAttribute, setText } from '../view/dom.ts';
import { callView } from './call-view.ts';
import { CallsController } from './controller.ts';
import { listView } from './list-view.ts';
import type { CallsState } from './model.ts';

/** As on the page of the call. */
const LANGUAGE_KEY = 'parley.language';

/** Browsers that keep nothing throw. */
function recall(): string {
  try {
    return localStorage.getItem(LANGUAGE_KEY) ?? '';
  } catch {
    return '';
  }
}

let state: CallsState = {
  language: preferredLanguage([recall(), ...navigator.languages]),
  query: '',
  deleting: false,
};
const controller = new CallsController({
  get: () => state,
  set(change) {
    state = { ...state, ...change };
    render();
  },
  play: (ms) => call.play(ms),
  remember(language) {
    try {
      localStorage.setItem(LANGUAGE_KEY, language);
    } catch {}
  },
  show: (id) => history.replaceState(null, '', id ? `#${id}` : location.pathname),
});

const list = listView(controller);
const call = callView(controller);
const title = el('h1');
const back = el('a', { class: 'button small quiet', href: '/' });
const languages = (Object.keys(LANGUAGES) as UiLanguage[]).map((language) => {
  const choice = button('chip', () => controller.chooseLanguage(language), LANGUAGES[language]);
  choice.lang = LANG_TAGS[language];
  return { language, choice };
});
const group = el('div', { class: 'chips', role: 'group' }, ...languages.map(({ choice }) => choice));
const header = el('header', { class: 'header' }, title, el('div', { class: 'header-tools' }, back, group));
const page = el('div', { class: 'page calls-page' }, header, el('main', {}, list.element, call.element));

function render(): void {
  const t = translator(state.language);
  setAttribute(document.documentElement, 'lang', LANG_TAGS[state.language]);
  document.title = `${t('calls')} · Parley`;
  setText(title, t('calls'));
  setText(back, t('toCall'));
  setAttribute(group, 'aria-label', t('interfaceLanguage'));
  for (const each of languages) setAttribute(each.choice, 'aria-pressed', String(each.language === state.language));
  list.render(state, t);
  call.render(state, t);
}

document.querySelector('#app')!.replaceWith(page);
render();
void controller.load();
if (location.hash.length > 1) controller.choose(location.hash.slice(1));
