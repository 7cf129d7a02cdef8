import {
  Call,
  type CallState,
  type Levels,
  listMicrophones,
  type Peer,
  wasInCall,
  watchMicrophones,
} from '@parley/signaling';
import { inviteLink } from './address.ts';
import { DoorController } from './door-controller.ts';
import { EngineWatch } from './engine-watch.ts';
import type { PageActions, PageState } from './model.ts';
import { nameFrom } from './names.ts';
import { asksPassphrase } from './passphrase.ts';
import type { Store } from './store.ts';
import type { UiLanguage } from './strings.ts';
import { themeOf, themeTool } from './theme-tool.ts';
import { reduceTranscript, type TranscriptEvent, turnKeyOf } from './transcript.ts';
import { VoiceController } from './voice-controller.ts';
import { wishesFrom } from './voices.ts';
import { addFigures } from './waterfall.ts';

/** Ids of our own kept; each connection has another. */
const MOST_IDS = 20;
/** How long "copied" is said, ms. */
const COPIED_MS = 2_000;

export interface ControllerOptions {
  readonly store: Store<PageState>;
  /** Plays the agent. */
  readonly audio: () => HTMLAudioElement;
  readonly onLevels: (levels: Levels) => void;
  /** Read aloud to those who do not see the transcript. */
  readonly announce: (text: string) => void;
  readonly remember: (language: UiLanguage) => void;
  readonly rememberName: (displayName: string) => void;
  readonly rememberPassphrase: (passphrase: string) => void;
  /** Audio by the TURN server alone. */
  readonly relay?: boolean | undefined;
}

/** Turns what people do into calls of the SDK, and its events into state. */
export class Controller implements PageActions {
  readonly voice: VoiceController;
  readonly door: DoorController;
  readonly #store: Store<PageState>;
  readonly #engines: EngineWatch;
  readonly #options: ControllerOptions;
  #call: Call | undefined;
  #typed = 0;
  #lastRoom: string | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
    this.#store = options.store;
    this.door = new DoorController({
      store: options.store,
      remember: options.rememberPassphrase,
      start: () => this.start(),
    });
    this.#engines = new EngineWatch((engineTrouble) => this.#store.patch({ engineTrouble }));
    this.voice = new VoiceController({
      store: options.store,
      call: () => this.#call,
      complain: (error) => this.#complain(error),
    });
  }

  /** Asks how one comes in, and begins to follow the microphones that come and go. */
  watch(): void {
    void this.door.ask();
    watchMicrophones(() => this.#listMicrophones());
    this.#listMicrophones();
    // A reload has cut a call off: go on with it.
    if (wasInCall()) this.start();
  }

  start(): void {
    this.#join(this.#store.state.room);
  }

  rejoin(): void {
    this.#join(this.#lastRoom);
  }

  end(): void {
    this.#call?.leave();
  }

  toggleMute(): void {
    const { call } = this.#store.state;
    if (call.kind === 'in-call') this.#try(this.#call?.mute(!call.muted));
  }

  interrupt(): void {
    this.#try(this.#call?.interrupt());
  }

  ask(): void {
    this.#try(this.#call?.ask());
  }

  send(text: string): void {
    const callerId = this.#store.state.mine.at(-1) ?? '';
    this.#transcribe({ type: 'typed', id: ++this.#typed, callerId, text });
    this.#try(this.#call?.sendText(text));
  }

  chooseMicrophone(deviceId: string): void {
    this.#store.patch({ deviceId });
    if (this.#call) this.retryMicrophone();
  }

  retryMicrophone(): void {
    const { deviceId } = this.#store.state;
    this.#call?.setMicrophone(deviceId ? { deviceId: { exact: deviceId } } : true).catch((error: Error) => {
      // Why there is none is in the call's state; here one still works, and stays.
      const { call } = this.#store.state;
      if (call.kind !== 'in-call' || call.microphone.kind === 'off') return;
      this.#store.patch({ deviceId: '' });
      this.#complain(error);
    });
  }

  resumeAudio(): void {
    void this.#call?.resumeAudio();
  }

  chooseCallLanguage(callLanguage: string): void {
    this.#store.patch({ callLanguage });
  }

  chooseName(displayName: string): void {
    this.#options.rememberName(displayName);
    this.#store.patch({ displayName });
  }

  chooseLanguage(language: UiLanguage): void {
    this.#options.remember(language);
    this.#store.patch({ language });
  }

  chooseTurn(chosenTurn: string): void {
    this.#store.patch({ chosenTurn });
  }

  async copyLink(): Promise<void> {
    const { call } = this.#store.state;
    if (call.kind !== 'in-call') return;
    const link = inviteLink(location.href, call.room);
    try {
      await navigator.clipboard.writeText(link);
      this.#store.patch({ copied: true });
      setTimeout(() => this.#store.patch({ copied: false }), COPIED_MS);
    } catch {
      // Pages that are not secure have no clipboard.
      prompt('', link);
    }
  }

  dismissProblem(): void {
    this.#store.patch({ problem: undefined });
  }

  #join(room: string | undefined): void {
    if (this.#call || asksPassphrase(this.#store.state)) return;
    const { callLanguage, deviceId, displayName, voiceChoice } = this.#store.state;
    const call = new Call({
      audio: this.#options.audio(),
      token: this.door.token,
      iceTransportPolicy: this.#options.relay ? 'relay' : undefined,
      surviveReload: true,
    });
    this.#call = call;
    this.voice.stopSample();
    this.#store.patch({ problem: undefined, chosenTurn: undefined });
    this.#listen(call);
    const wishes = {
      room,
      displayName: nameFrom(displayName),
      language: callLanguage || undefined,
      turnPreset: this.#store.state.turnPreset,
      ...wishesFrom(voiceChoice),
      microphone: deviceId ? { deviceId: { exact: deviceId } } : (true as const),
      withoutMicrophone: true,
    };
    call.registerTool(themeTool, (args) => {
      const theme = themeOf(args);
      this.#store.patch({ theme });
      return { theme };
    });
    // Why it failed is in the call's state.
    call.join(wishes).catch(() => {});
  }

  #listMicrophones(): void {
    listMicrophones().then(
      (microphones) => this.#store.patch({ microphones }),
      () => {},
    );
  }

  #listen(call: Call): void {
    call.on('state', (state) => this.#onState(state));
    call.on('joined', ({ room, conversation, callerId, engines, peers }) => {
      this.#lastRoom = room;
      this.#transcribe({ type: 'connected', conversation });
      this.#store.patch({ engines, others: [], mine: [...this.#store.state.mine, callerId].slice(-MOST_IDS) });
      for (const peer of peers) this.#meet(peer);
    });
    call.on('agent-state', ({ state: agent }) => this.#store.patch({ agent }));
    call.on('transcript', (notice) => this.#transcribe({ type: 'transcript', ...notice }));
    call.on('reply-text', (notice) => {
      this.#transcribe({ type: 'reply-text', ...notice });
      if (notice.final && notice.text && !notice.past) this.#options.announce(notice.text);
    });
    call.on('turn-metrics', ({ turn, figures }) => {
      const { turns, transcript } = this.#store.state;
      const key = turnKeyOf(transcript.conversation, turn);
      this.#store.patch({ turns: addFigures(turns, { key, turn, figures }), chosenTurn: undefined });
    });
    call.on('tool', (notice) => this.#transcribe({ type: 'tool', ...notice }));
    call.on('peer-joined', (peer) => this.#meet(peer));
    call.on('peer-left', ({ peerId }) => {
      this.#store.patch({ others: this.#store.state.others.filter((id) => id !== peerId) });
    });
    call.on('problem', (problem) => this.#store.patch({ problem }));
    call.on('level', this.#options.onLevels);
  }

  #onState(call: CallState): void {
    const before = this.#store.state.call;
    this.#store.patch({ call });
    // Microphones have names once one was allowed.
    if (call.kind === 'in-call' && before.kind !== 'in-call') this.#listMicrophones();
    if (call.kind === 'in-call') this.#engines.start();
    if (call.kind === 'ended') this.#engines.stop();
    if (call.kind === 'ended') {
      this.#call = undefined;
      this.#transcribe({ type: 'ended' });
      this.#store.patch({ agent: 'idle', others: [] });
      this.door.callEnded(call);
    }
  }

  #meet({ peerId, displayName }: Peer): void {
    const { names, others } = this.#store.state;
    this.#store.patch({ others: [...others.filter((id) => id !== peerId), peerId] });
    if (displayName) this.#store.patch({ names: { ...names, [peerId]: displayName } });
  }

  #transcribe(event: TranscriptEvent): void {
    this.#store.patch({ transcript: reduceTranscript(this.#store.state.transcript, event) });
  }

  #try(request: Promise<void> | undefined): void {
    request?.catch((error: Error) => this.#complain(error));
  }

  #complain({ message }: Error): void {
    this.#store.patch({ problem: { code: 'request-failed', message, retryable: true } });
  }
}
