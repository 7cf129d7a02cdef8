import type { Actions, View } from '../model.ts';
import { asksPassphrase } from '../passphrase.ts';
import { el, setAttribute, setText } from './dom.ts';

/** Asks guests for the passphrase; in the place of the button that starts the call. */
export function passphraseView(actions: Actions): View {
  const label = el('span');
  const hint = el('span', { id: 'passphrase-hint' });
  const note = el('span', { class: 'field-note', role: 'alert' });
  const word = el('span');
  const input = el('input', {
    type: 'password',
    autocomplete: 'current-password',
    maxlength: '200',
    required: true,
    'aria-describedby': 'passphrase-hint',
  });
  const enter = el('button', { type: 'submit', class: 'button primary' }, word);
  const element = el(
    'form',
    { class: 'passphrase' },
    el('label', { class: 'field' }, label, input),
    el('p', { class: 'field' }, hint, note),
    enter,
  );
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    actions.givePassphrase(input.value.trim());
  });
  return {
    element,
    render(state, t) {
      element.hidden = !asksPassphrase(state);
      if (element.hidden) input.value = '';
      setText(label, t('passphrase'));
      setText(hint, t('passphraseHint'));
      setText(note, state.passphraseNote ? t(state.passphraseNote) : '');
      setAttribute(input, 'aria-invalid', state.passphraseNote ? 'true' : undefined);
      setText(word, t('start'));
      enter.disabled = state.knocking;
    },
  };
}
