import type { NoticeName, NoticeOf } from '../protocol/index.ts';
import type { CallOptions, JoinOptions, VoiceWishes } from './call-options.ts';
import { systemClock } from './clock.ts';
import { Connection, type ConnectionHandlers } from './connection.ts';
import { Emitter } from './emitter.ts';
import type { Entered, Snapshot } from './enter.ts';
import { MicrophoneError, SignalingError } from './errors.ts';
import { takeKeptCall } from './kept-call.ts';
import { LevelWatch } from './level.ts';
import { Microphone, type MicrophoneSource } from './microphone.ts';
import { Speaker } from './speaker.ts';
import { type CallEnd, type CallEvents, type CallState, endOf } from './state.ts';
import { type ToolHandler, type ToolSpec, Tools } from './tools.ts';

/** One call, from joining a room to its end. Make another for the next one. */
export class Call {
  readonly #options: CallOptions;
  readonly #events = new Emitter<CallEvents>();
  readonly #life = new AbortController();
  readonly #levels: LevelWatch;
  readonly #speaker: Speaker;
  readonly #microphone: Microphone;
  readonly #connection: Connection;
  readonly #tools = new Tools((name, message) => this.#connection.say(name, message));
  #state: CallState = { kind: 'idle' };

  /** Does nothing yet: no connection and no microphone before `join`. */
  constructor(options: CallOptions = {}) {
    const { clock = systemClock, audio: element, media } = options;
    this.#options = options;
    this.#levels = new LevelWatch((levels) => this.#events.emit('level', levels), clock);
    this.#speaker = new Speaker({ element, onChange: () => this.#refresh() });
    this.#microphone = new Microphone({ onLost: () => void this.#onMicrophoneLost(), media });
    const sending = () => this.#microphone.sending;
    const parts = { call: options, clock, speaker: this.#speaker, sending, signal: this.#life.signal };
    this.#connection = new Connection(parts, this.#handlers());
  }

  /** As the last `state` event had it. */
  get state(): CallState {
    return this.#state;
  }

  /** Listens to an event; the function returned stops it. */
  on<N extends keyof CallEvents>(name: N, listener: (event: CallEvents[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * Opens the microphone and enters the room; from a click, or browsers may keep the agent silent. Throws a
   * MicrophoneError or SignalingError, and the call is over then: `forbidden` where the token is for another room or does
   * not allow to send audio, `unauthorized` where it is missing, expired or forged.
   */
  async join(options: JoinOptions = {}): Promise<void> {
    if (this.#state.kind !== 'idle') throw SignalingError.wrongState('A call is joined once; make a new one');
    const kept = this.#options.surviveReload ? takeKeptCall() : undefined;
    const resume = options.room === undefined || options.room === kept?.room ? kept?.secret : undefined;
    try {
      await this.#openMicrophone(options);
      this.#set({ kind: 'connecting', step: 'server' });
      const { room, displayName, language, turnPreset, voice, speed, emotion } = options;
      await this.#connection.open({ room, displayName, language, turnPreset, voice, speed, emotion }, resume);
    } catch (error) {
      this.#end(endOf(error));
      throw error;
    }
  }

  /** Ends the call; safe to call at any time, and again. */
  leave(): void {
    this.#connection.leave();
    this.#end({ kind: 'ended', reason: 'left', message: 'You left the call', rejoin: true });
  }

  /** Silences the microphone, or opens it again: here at once; resolves when the server knows. Throws a SignalingError. */
  async mute(muted: boolean): Promise<void> {
    this.#microphone.mute(muted);
    this.#refresh();
    await this.#connection.tellMuted();
  }

  /**
   * Says `text` to the agent, as if spoken, 4,000 characters at most; it takes the floor. Throws a SignalingError:
   * `forbidden` where the token does not grant `text`, `wrong-state` outside of a call.
   */
  async sendText(text: string): Promise<void> {
    await this.#connection.request('text', { text });
  }

  /**
   * Silences the agent's reply. Throws a SignalingError: `forbidden` where the token grants none of `publish`, `text` and
   * `control`, `wrong-state` outside of a call.
   */
  async interrupt(): Promise<void> {
    await this.#connection.request('interrupt', {});
  }

  /** The agent answers what was said, where it would not by itself (see `answers`). Throws a SignalingError. */
  async ask(): Promise<void> {
    await this.#connection.request('ask', {});
  }

  /**
   * The agent speaks so from its next answer on; the wishes before are void. Throws a SignalingError: `wrong-state` for
   * whoever has not been in the room longest, `forbidden` where the token does not grant `control`.
   */
  async speakAs(wishes: VoiceWishes): Promise<void> {
    const { voice, speed, emotion } = wishes;
    await this.#connection.request('speak-as', { voice, speed, emotion });
    this.#connection.wish({ voice, speed, emotion });
  }

  /**
   * Lets the agent's language model call a function of this page, before or during the call; the function returned takes
   * it away again. Throws a TypeError where the spec does not fit or the name is taken.
   */
  registerTool(spec: ToolSpec, handler: ToolHandler): () => void {
    return this.#tools.register(spec, handler);
  }

  /** Switches to another microphone, or opens one in a call joined without. Throws a MicrophoneError and keeps the old one. */
  async setMicrophone(source: MicrophoneSource = true): Promise<void> {
    try {
      this.#levels.watch('microphone', await this.#microphone.open(source));
      await this.#connection.sendTrack();
    } finally {
      this.#refresh();
    }
  }

  /** Another microphone of `listMicrophones`. Throws a MicrophoneError and keeps the old one. */
  async switchMicrophone(deviceId: string): Promise<void> {
    await this.setMicrophone({ deviceId: { exact: deviceId } });
  }

  /** Call it from a click where the state's `audio` is `blocked`. */
  async resumeAudio(): Promise<void> {
    this.#levels.resume();
    await this.#speaker.resume();
  }

  async #openMicrophone({ microphone = true, withoutMicrophone = false }: JoinOptions): Promise<void> {
    if (microphone === false) return;
    this.#set({ kind: 'connecting', step: 'microphone' });
    try {
      this.#levels.watch('microphone', await this.#microphone.open(microphone));
    } catch (error) {
      if (!withoutMicrophone || !(error instanceof MicrophoneError)) throw error;
    }
  }

  #handlers(): ConnectionHandlers {
    return {
      joined: (entered, snapshot) => this.#onJoined(entered, snapshot),
      notice: (name, notice) => this.#onNotice(name, notice),
      problem: (problem) => this.#events.emit('problem', problem),
      agentTrack: (track) => this.#levels.watch('agent', track),
      linked: () => {
        this.#inCall();
        this.#tools.offer();
      },
      passing: () => {
        if (this.#state.kind === 'reconnecting') this.#inCall();
      },
      reconnecting: (cause, attempt) => this.#set({ kind: 'reconnecting', cause, attempt }),
      unlinked: () => {
        this.#tools.cancelAll();
        this.#speaker.clear();
      },
      ended: (end) => this.#end(end),
    };
  }

  /** What was said before is told as it was told then. */
  #onJoined({ room, conversation, callerId, engines, muted }: Entered, snapshot: Snapshot): void {
    const { peers, agentState, captions } = snapshot;
    if (muted) this.#microphone.mute(true);
    this.#events.emit('joined', { room, conversation, callerId, engines, peers });
    this.#events.emit('agent-state', { state: agentState });
    for (const caption of captions) {
      const { kind, ...line } = caption;
      this.#events.emit(kind, { ...line, past: true } as CallEvents[typeof kind]);
    }
  }

  #onNotice<N extends NoticeName>(name: N, notice: NoticeOf<N>): void {
    if (name === 'call-ended') {
      this.#end({ kind: 'ended', ...(notice as NoticeOf<'call-ended'>) });
    } else if (name === 'tool-call') {
      void this.#tools.run(notice as NoticeOf<'tool-call'>);
    } else if (name === 'tool-cancelled') {
      this.#tools.cancel((notice as NoticeOf<'tool-cancelled'>).call);
    } else {
      // The names left over are events of the call under the same names.
      this.#events.emit(name as keyof CallEvents, notice as CallEvents[keyof CallEvents]);
    }
  }

  async #onMicrophoneLost(): Promise<void> {
    this.#levels.watch('microphone', undefined);
    this.#refresh();
    // A headset was unplugged: the system has another default now, or none.
    await this.setMicrophone().catch(() => {});
  }

  #inCall(): void {
    const { room, callerId, engines, answers, recording = false } = this.#connection.link!.entered;
    const { state: microphone, sending } = this.#microphone;
    const { state: audio } = this.#speaker;
    this.#set({
      kind: 'in-call',
      room,
      callerId,
      engines,
      answers,
      recording,
      muted: sending.muted,
      microphone,
      audio,
    });
  }

  /** What a call in progress is made of has changed. */
  #refresh(): void {
    if (this.#state.kind === 'in-call' && this.#connection.link) this.#inCall();
  }

  #set(state: CallState): void {
    if (this.#state.kind === 'ended') return;
    this.#state = state;
    this.#events.emit('state', state);
  }

  #end(end: CallEnd): void {
    if (this.#state.kind === 'ended') return;
    this.#life.abort(SignalingError.closed());
    this.#connection.close();
    this.#microphone.close();
    this.#levels.close();
    this.#set(end);
  }
}
