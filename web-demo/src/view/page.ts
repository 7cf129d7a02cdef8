import type { Actions, PageState, View } from '../model.ts';
import { presence } from '../presence.ts';
import { LANG_TAGS, type Translate, translator } from '../strings.ts';
import { conversationView } from './conversation.ts';
import { el, setAttribute, setText } from './dom.ts';
import { enginesView } from './engines.ts';
import { headerView } from './header.ts';
import { latencyView } from './latency.ts';
import { microphoneView } from './microphone.ts';
import { noticesView } from './notices.ts';
import { Orb } from './orb.ts';
import { passphraseView } from './passphrase.ts';
import { stageView } from './stage.ts';
import { showTheme } from './theme.ts';
import { voiceView } from './voice.ts';

export interface Page {
  readonly element: HTMLElement;
  /** Plays the agent. */
  readonly audio: HTMLAudioElement;
  render(state: PageState): void;
  setLevels(levels: { microphone: number; agent: number }): void;
  /** Read aloud once, to those who use a screen reader. */
  announce(text: string): void;
}

/** Where the call stands; what the agent does would be too much to listen to. */
function statusOf(state: PageState, t: Translate): string {
  if (state.call.kind === 'idle') return '';
  return t(state.call.kind === 'in-call' ? 'connected' : presence(state).title);
}

/** The whole page. */
export function makePage(actions: Actions): Page {
  const orb = new Orb();
  const voice = voiceView(actions);
  const microphone = microphoneView(actions, voice.element);
  const passphrase = passphraseView(actions);
  const stage = stageView(actions, orb, passphrase.element, microphone.element);
  const header = headerView(actions);
  const notices = noticesView(actions);
  const conversation = conversationView(actions);
  const latency = latencyView(actions);
  const engines = enginesView();
  const views: View[] = [header, notices, stage, passphrase, microphone, voice, conversation, latency, engines];
  const status = el('p', { class: 'visually-hidden', role: 'status' });
  const said = el('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  const details = el('div', { class: 'details' }, latency.element, engines.element);
  const main = el('main', {}, stage.element, el('div', { class: 'side' }, conversation.element, details));
  const audio = el('audio', { playsinline: true });
  const element = el('div', { class: 'page' }, header.element, notices.element, main, status, said, audio);
  let language: PageState['language'] = 'en';
  orb.run();
  return {
    element,
    audio,
    render(state) {
      const t = translator((language = state.language));
      const root = document.documentElement;
      setAttribute(root, 'lang', LANG_TAGS[state.language]);
      showTheme(document, state.theme);
      root.dataset.callState = state.call.kind;
      root.dataset.agentState = state.agent;
      // Before the first call there is nothing to look back on.
      root.dataset.fresh = String(state.call.kind === 'idle' && state.transcript.lines.length === 0);
      for (const view of views) view.render(state, t);
      setText(status, statusOf(state, t));
    },
    setLevels(levels) {
      orb.setLevels(levels);
      microphone.setLevel(levels.microphone);
    },
    announce(text) {
      setText(said, translator(language)('agentSaid', { text }));
    },
  };
}
