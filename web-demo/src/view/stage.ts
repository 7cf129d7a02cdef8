import type { Actions, View } from '../model.ts';
import { asksPassphrase } from '../passphrase.ts';
import { canAsk, presence } from '../presence.ts';
import { button, el, icon, setAttribute, setText } from './dom.ts';
import type { Orb } from './orb.ts';

/** The orb, what the agent does, and the buttons of a call. */
export function stageView(actions: Actions, orb: Orb, ...below: HTMLElement[]): View {
  const title = el('p', { class: 'stage-title' });
  const hint = el('p', { class: 'stage-hint' });
  const words = {
    start: el('span'),
    end: el('span'),
    mute: el('span'),
    ask: el('span'),
    interrupt: el('span'),
  };
  const start = button('button primary', actions.start, icon('call'), words.start);
  const mute = button('button', actions.toggleMute, icon('microphone'), icon('muted'), words.mute);
  const ask = button('button', actions.ask, icon('answer'), words.ask);
  const interrupt = button('button', actions.interrupt, icon('stop'), words.interrupt);
  const end = button('button danger', actions.end, icon('hangUp'), words.end);
  setAttribute(mute, 'aria-keyshortcuts', 'M');
  mute.classList.add('mute');
  interrupt.classList.add('interrupt');
  const controls = el('div', { class: 'controls' }, start, mute, ask, interrupt, end);
  const element = el(
    'section',
    { class: 'stage' },
    orb.element,
    el('div', { class: 'stage-words' }, title, hint),
    controls,
    ...below,
  );
  return {
    element,
    render(state, t) {
      const { call, agent } = state;
      const inCall = call.kind === 'in-call';
      const open = call.kind === 'idle' || call.kind === 'ended';
      const { mood, title: titleKey, hint: hintKey } = presence(state);
      orb.setMood(mood);
      setText(title, t(titleKey));
      setText(hint, hintKey ? t(hintKey) : '');
      hint.dataset.hint = hintKey ?? '';
      for (const key of Object.keys(words) as (keyof typeof words)[]) setText(words[key], t(key));
      start.hidden = !open || asksPassphrase(state) || state.door === 'off';
      end.hidden = open;
      mute.hidden = !inCall || call.microphone.kind === 'off';
      setAttribute(mute, 'aria-pressed', String(inCall && call.muted));
      const busy = agent === 'speaking' || agent === 'thinking';
      const asks = canAsk(state);
      controls.dataset.ask = String(asks);
      ask.hidden = !asks;
      ask.disabled = busy;
      interrupt.hidden = !inCall;
      interrupt.disabled = !busy;
    },
  };
}
