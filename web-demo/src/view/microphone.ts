import type { Actions, PageState, View } from '../model.ts';
import { LONGEST_NAME } from '../names.ts';
import type { Translate } from '../strings.ts';
import { el, setAttribute, setText } from './dom.ts';
import { type Choice, fillSelect } from './select.ts';

/** Languages offered for the call, in their own names; engines may know more. */
const CALL_LANGUAGES: Record<string, string> = {
  en: 'English',
  zh: '中文',
  es: 'Español',
  fr: 'Français',
  de: 'Deutsch',
  it: 'Italiano',
  pt: 'Português',
  ru: 'Русский',
  ja: '日本語',
  ko: '한국어',
};

function microphoneChoices({ microphones }: PageState, t: Translate): Choice[] {
  const named = microphones.filter(({ deviceId }) => deviceId !== 'default');
  return [
    { value: '', label: t('defaultMicrophone') },
    ...named.map(({ deviceId, label }, i) => ({
      value: deviceId,
      label: label || t('microphoneNumber', { number: i + 1 }),
    })),
  ];
}

function languageChoices({ callLanguage }: PageState, t: Translate): Choice[] {
  const known = Object.entries(CALL_LANGUAGES).map(([value, label]) => ({ value, label }));
  const other =
    callLanguage && !CALL_LANGUAGES[callLanguage] ? [{ value: callLanguage, label: ownName(callLanguage) }] : [];
  return [{ value: '', label: t('anyLanguage') }, ...known, ...other];
}

/** A language as its speakers call it; the tag itself where the browser does not know. */
function ownName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
}

/** The microphone with its level, the language of the call, in a shared room the caller's name; and what is below. */
export function microphoneView(actions: Actions, ...below: HTMLElement[]): View & { setLevel(level: number): void } {
  const bar = el('span', { class: 'meter-bar' });
  const meter = el('span', { class: 'meter', 'aria-hidden': 'true' }, bar);
  const microphoneLabel = el('span');
  const languageLabel = el('span');
  const microphone = el('select');
  const language = el('select');
  const nameLabel = el('span');
  const name = el('input', { type: 'text', autocomplete: 'nickname', maxlength: String(LONGEST_NAME) });
  const nameField = el('label', { class: 'field field-wide' }, nameLabel, name);
  microphone.addEventListener('change', () => actions.chooseMicrophone(microphone.value));
  language.addEventListener('change', () => actions.chooseCallLanguage(language.value));
  name.addEventListener('input', () => actions.chooseName(name.value));
  const element = el(
    'div',
    { class: 'settings' },
    nameField,
    el('label', { class: 'field' }, microphoneLabel, microphone, meter),
    el('label', { class: 'field' }, languageLabel, language),
    ...below,
  );
  return {
    element,
    render(state, t) {
      setText(microphoneLabel, t('microphone'));
      setText(languageLabel, t('callLanguage'));
      fillSelect(microphone, microphoneChoices(state, t), state.deviceId);
      fillSelect(language, languageChoices(state, t), state.callLanguage);
      setText(nameLabel, t('yourName'));
      setAttribute(name, 'placeholder', t('yourNamePlaceholder'));
      if (name.value !== state.displayName) name.value = state.displayName;
      nameField.hidden = !state.room;
      // Language and name go with joining.
      language.disabled = name.disabled = state.call.kind !== 'idle' && state.call.kind !== 'ended';
      meter.dataset.on = String(
        state.call.kind === 'in-call' && state.call.microphone.kind === 'on' && !state.call.muted,
      );
    },
    setLevel(level) {
      bar.style.transform = `scaleX(${level.toFixed(3)})`;
    },
  };
}
