import type { AgentState, CallProblem, CallState, EngineChoice, MicrophoneInfo, TurnPreset } from '@parley/signaling';
import type { Door } from './door.ts';
import type { EngineTrouble } from './engine-watch.ts';
import type { Key, Translate, UiLanguage } from './strings.ts';
import type { Theme } from './theme-tool.ts';
import type { Transcript } from './transcript.ts';
import type { Voice, VoiceChoice } from './voices.ts';
import type { Turn } from './waterfall.ts';

/** All that the page shows. */
export interface PageState {
  readonly language: UiLanguage;
  readonly call: CallState;
  readonly agent: AgentState;
  readonly transcript: Transcript;
  /** Names of other callers by their id, those who left included. */
  readonly names: Readonly<Record<string, string>>;
  /** Ids of the other callers who are there. */
  readonly others: readonly string[];
  /** Newest last. */
  readonly turns: readonly Turn[];
  /** The turn whose waterfall is shown; absent: the newest. */
  readonly chosenTurn?: string;
  readonly engines: readonly EngineChoice[];
  /** Those of them, or of their stand-ins, that are not used just now. */
  readonly engineTrouble: readonly EngineTrouble[];
  readonly microphones: readonly MicrophoneInfo[];
  /** Empty for the default one. */
  readonly deviceId: string;
  /** Empty for any. */
  readonly callLanguage: string;
  /** How patient the agent is to be; absent: as the server is set. */
  readonly turnPreset?: TurnPreset;
  /** The room of the link that was followed here. */
  readonly room?: string;
  /** Ids under which this page has called, newest last: each connection has its own. */
  readonly mine: readonly string[];
  /** What others are to call this caller; empty for nothing. */
  readonly displayName: string;
  /** What the server offers; absent until it was asked. */
  readonly voices?: readonly Voice[];
  readonly voiceChoice: VoiceChoice;
  /** A voice is being tried. */
  readonly sampling: boolean;
  /** Why a voice cannot be had. */
  readonly voiceNote?: Key;
  readonly door: Door;
  /** Remembered for this tab; empty for none. */
  readonly passphrase: string;
  /** It is being tried. */
  readonly knocking: boolean;
  /** Why it did not open. */
  readonly passphraseNote?: Key;
  readonly theme: Theme;
  readonly secure: boolean;
  /** Address of this page on the server's own machine. */
  readonly localAddress: string;
  readonly problem?: CallProblem;
  readonly copied: boolean;
}

/** What people do about the agent's voice. */
export interface VoiceActions {
  /** Somebody wants to choose. */
  openVoices(): void;
  /** Not settled yet: a slider moves. */
  previewVoice(change: Partial<VoiceChoice>): void;
  chooseVoice(change: Partial<VoiceChoice>): void;
  /** Or stops it. */
  playSample(): void;
  stopSample(): void;
}

/** What else people do on the page. */
export interface PageActions {
  start(): void;
  /** The same room as before. */
  rejoin(): void;
  end(): void;
  toggleMute(): void;
  interrupt(): void;
  /** The agent is to answer. */
  ask(): void;
  chooseName(displayName: string): void;
  send(text: string): void;
  chooseMicrophone(deviceId: string): void;
  retryMicrophone(): void;
  resumeAudio(): void;
  chooseCallLanguage(tag: string): void;
  chooseLanguage(language: UiLanguage): void;
  chooseTurn(key: string): void;
  copyLink(): void;
  dismissProblem(): void;
}

/** What people do at the door. */
export interface DoorActions {
  /** Tries it, and starts the call where it opens. */
  givePassphrase(passphrase: string): void;
}

export interface Actions extends PageActions, VoiceActions, DoorActions {}

/** A part of the page: it gets state, and speaks through actions. */
export interface View {
  readonly element: HTMLElement;
  render(state: PageState, t: Translate): void;
}
