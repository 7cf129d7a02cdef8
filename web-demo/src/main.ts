import './without-eval.ts';
import './styles/base.css';
import './styles/layout.css';
import './styles/controls.css';
import './styles/conversation.css';
import './styles/panels.css';
import { localAddress, wishesOf } from './address.ts';
import { Controller } from './controller.ts';
import type { Actions, PageState } from './model.ts';
import { listenForShortcuts } from './shortcuts.ts';
import { Store } from './store.ts';
import { preferredLanguage, type UiLanguage } from './strings.ts';
import { emptyTranscript } from './transcript.ts';
import { makePage } from './view/page.ts';

/** Where the page keeps the language that was chosen by hand. */
const LANGUAGE_KEY = 'parley.language';

/** Browsers that keep nothing throw. */
function recall(): string[] {
  try {
    return [localStorage.getItem(LANGUAGE_KEY) ?? ''];
  } catch {
    return [];
  }
}

function remember(language: UiLanguage): void {
  try {
    localStorage.setItem(LANGUAGE_KEY, language);
  } catch {}
}

const wishes = wishesOf(location.href);
const initial: PageState = {
  language: preferredLanguage([...(wishes.language ? [wishes.language] : recall()), ...navigator.languages]),
  call: { kind: 'idle' },
  agent: 'idle',
  transcript: emptyTranscript,
  names: {},
  turns: [],
  engines: [],
  microphones: [],
  deviceId: '',
  callLanguage: wishes.language ?? '',
  room: wishes.room,
  secure: window.isSecureContext,
  localAddress: localAddress(location.href),
  copied: false,
};

const store = new Store(initial, (state) => page.render(state));
const controller = new Controller({
  store,
  remember,
  audio: () => page.audio,
  onLevels: (levels) => page.setLevels(levels),
  announce: (text) => page.announce(text),
});
// Views take actions as plain functions.
const actions: Actions = {
  start: () => controller.start(),
  rejoin: () => controller.rejoin(),
  end: () => controller.end(),
  toggleMute: () => controller.toggleMute(),
  interrupt: () => controller.interrupt(),
  send: (text) => controller.send(text),
  chooseMicrophone: (deviceId) => controller.chooseMicrophone(deviceId),
  retryMicrophone: () => controller.retryMicrophone(),
  resumeAudio: () => controller.resumeAudio(),
  chooseCallLanguage: (tag) => controller.chooseCallLanguage(tag),
  chooseLanguage: (language) => controller.chooseLanguage(language),
  chooseTurn: (key) => controller.chooseTurn(key),
  copyLink: () => void controller.copyLink(),
  dismissProblem: () => controller.dismissProblem(),
};
const page = makePage(actions);
document.querySelector('#app')!.replaceWith(page.element);
page.render(initial);
controller.watch();
listenForShortcuts(document, actions);
