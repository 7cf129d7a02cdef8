import type { Actions, View } from '../model.ts';
import { type Notice, type NoticeAction, noticesOf } from '../notices.ts';
import type { Key } from '../strings.ts';
import { button, each, el, setText } from './dom.ts';

const WORDS: Record<NoticeAction, Key> = {
  rejoin: 'rejoin',
  'start-again': 'startAgain',
  'retry-microphone': 'tryAgain',
  'resume-audio': 'turnOnSound',
  dismiss: 'dismiss',
};

/** Help where something is in the way. Read aloud as it appears. */
export function noticesView(actions: Actions): View {
  const perform: Record<NoticeAction, () => void> = {
    rejoin: actions.rejoin,
    'start-again': actions.rejoin,
    'retry-microphone': actions.retryMicrophone,
    'resume-audio': actions.resumeAudio,
    dismiss: actions.dismissProblem,
  };
  const make = ({ action }: Notice): HTMLElement => {
    const words = el('div', { class: 'notice-words' }, el('strong'), el('p'), el('p', { class: 'detail' }));
    const element = el('div', { class: 'notice' }, words);
    if (action) element.append(button('button small', perform[action]));
    return element;
  };
  // A new card is read; a counter in it is not.
  const element = el('div', { class: 'notices', role: 'alert', 'aria-atomic': 'false', 'aria-relevant': 'additions' });
  return {
    element,
    render(state, t) {
      each(element, noticesOf(state), {
        key: ({ key, title, action }) => `${key} ${title} ${action}`,
        make,
        update: (card, { tone, title, text, values, detail, action }) => {
          const [name, help, words] = card.firstElementChild!.children as unknown as [
            HTMLElement,
            HTMLElement,
            HTMLElement,
          ];
          card.dataset.tone = tone;
          setText(name, t(title));
          setText(help, text ? t(text, values) : '');
          setText(words, detail ?? '');
          if (action) setText(card.lastElementChild!, t(WORDS[action]));
        },
      });
    },
  };
}
