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
import { preferredLanguage } from './strings.ts';
import { emptyTranscript } from './transcript.ts';
import { makePage } from './view/page.ts';
import { NO_CHOICE } from './voices.ts';

/** Where the page keeps what was chosen by hand; the passphrase only as long as the tab is there. */
const KEYS = { language: 'parley.language', name: 'parley.name', passphrase: 'parley.passphrase' } as const;

/** Browsers that keep nothing throw. */
function recall(key: string, storage: () => Storage = () => localStorage): string {
  try {
    return storage().getItem(key) ?? '';
  } catch {
    return '';
  }
}

function remember(key: string, value: string, storage: () => Storage = () => localStorage): void {
  try {
    storage().setItem(key, value);
  } catch {}
}

const tab = (): Storage => sessionStorage;

const wishes = wishesOf(location.href);
const initial: PageState = {
  language: preferredLanguage([wishes.language ?? recall(KEYS.language), ...navigator.languages]),
  call: { kind: 'idle' },
  agent: 'idle',
  transcript: emptyTranscript,
  names: {},
  others: [],
  mine: [],
  displayName: recall(KEYS.name),
  voiceChoice: NO_CHOICE,
  sampling: false,
  // A server that asked before will ask again.
  door: recall(KEYS.passphrase, tab) ? 'passphrase' : 'open',
  passphrase: recall(KEYS.passphrase, tab),
  knocking: false,
  theme: 'system',
  turns: [],
  engines: [],
  engineTrouble: [],
  microphones: [],
  deviceId: '',
  callLanguage: wishes.language ?? '',
  room: wishes.room,
  turnPreset: wishes.turnPreset,
  secure: window.isSecureContext,
  localAddress: localAddress(location.href),
  copied: false,
};

const store = new Store(initial, (state) => page.render(state));
const controller = new Controller({
  store,
  remember: (language) => remember(KEYS.language, language),
  relay: wishes.relay,
  rememberName: (name) => remember(KEYS.name, name),
  rememberPassphrase: (passphrase) => remember(KEYS.passphrase, passphrase, tab),
  audio: () => page.audio,
  onLevels: (levels) => page.setLevels(levels),
  announce: (text) => page.announce(text),
});
// Views take actions as plain functions.
const actions: Actions = {
  start: () => controller.start(),
  givePassphrase: (passphrase) => void controller.door.givePassphrase(passphrase),
  rejoin: () => controller.rejoin(),
  end: () => controller.end(),
  toggleMute: () => controller.toggleMute(),
  interrupt: () => controller.interrupt(),
  ask: () => controller.ask(),
  chooseName: (name) => controller.chooseName(name),
  send: (text) => controller.send(text),
  chooseMicrophone: (deviceId) => controller.chooseMicrophone(deviceId),
  retryMicrophone: () => controller.retryMicrophone(),
  resumeAudio: () => controller.resumeAudio(),
  chooseCallLanguage: (tag) => controller.chooseCallLanguage(tag),
  chooseLanguage: (language) => controller.chooseLanguage(language),
  chooseTurn: (key) => controller.chooseTurn(key),
  copyLink: () => void controller.copyLink(),
  dismissProblem: () => controller.dismissProblem(),
  openVoices: () => controller.voice.openVoices(),
  previewVoice: (change) => controller.voice.previewVoice(change),
  chooseVoice: (change) => controller.voice.chooseVoice(change),
  playSample: () => controller.voice.playSample(),
  stopSample: () => controller.voice.stopSample(),
};
const page = makePage(actions);
document.querySelector('#app')!.replaceWith(page.element);
page.render(initial);
controller.watch();
listenForShortcuts(document, actions);
