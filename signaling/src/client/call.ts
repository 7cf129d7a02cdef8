import type { Device } from 'mediasoup-client';
import type { Emotion, NoticeName, NoticeOf, RequestName, RequestOf, TurnPreset } from '../protocol/index.ts';
import type { ChannelOptions } from './channel.ts';
import { type Clock, systemClock } from './clock.ts';
import type { MediaSource } from './devices.ts';
import { Emitter } from './emitter.ts';
import type { Entered, Snapshot } from './enter.ts';
import { MicrophoneError, SignalingError } from './errors.ts';
import { keepCall, takeKeptCall } from './kept-call.ts';
import { LevelWatch } from './level.ts';
import { Link, type LinkHandlers } from './link.ts';
import { loadDevice } from './media.ts';
import { Microphone, type MicrophoneSource } from './microphone.ts';
import { sleepOrOnline } from './network.ts';
import { afterLoss, type LossCause, nextAttempt, type Outage, type ReconnectPolicy } from './reconnect.ts';
import { Speaker } from './speaker.ts';
import { type CallEnd, type CallEvents, type CallState, endOf } from './state.ts';
import type { TokenSource } from './token.ts';
import { type ToolHandler, type ToolSpec, Tools } from './tools.ts';

/** Where the server is and how it is reached; all of it may be left out for a page of the server's own. */
export interface CallOptions extends ChannelOptions {
  /** Needed where the server asks for one; best a function, which is asked anew for each connection. */
  readonly token?: TokenSource;
  /** Plays the agent; absent: the SDK makes one. */
  readonly audio?: HTMLAudioElement;
  /** TURN and STUN, where the server's own address cannot be reached. */
  readonly iceServers?: RTCIceServer[];
  /** `relay`: by TURN alone, to try it. */
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** How long a lost connection is tried again; absent: RECONNECT_DEFAULTS. */
  readonly reconnect?: ReconnectPolicy;
  /**
   * A reload of the page goes on with the call: `join` then takes the caller's old place while the server keeps it. The
   * way back is written into the tab's sessionStorage when the page goes. See `wasInCall`.
   */
  readonly surviveReload?: boolean;
  /** For tests. */
  readonly loadDevice?: () => Promise<Device>;
  /** For tests. */
  readonly media?: MediaSource;
  /** For tests. */
  readonly random?: () => number;
}

/** How the agent speaks; absent: as the server is set. Whoever has been in the room longest has the say. */
export interface VoiceWishes {
  /** The `id` of a voice in the server's `GET /v1/voices`; one that is not there is passed over. */
  readonly voice?: string;
  /** Pace of speech, 0.25 to 4; 1 is normal. */
  readonly speed?: number;
  /** Each voice does what it can of it. */
  readonly emotion?: Emotion;
}

/** Which room, as whom, and how the agent is to speak there. */
export interface JoinOptions extends VoiceWishes {
  /** A room to share; absent for a room of one's own. 1 to 64 letters, digits, `_` and `-`. */
  readonly room?: string;
  /** Shown to the other callers and told to the agent; 64 characters at most. A name in the token goes before. */
  readonly displayName?: string;
  /** BCP 47, e.g. `en` or `zh-CN`; absent: the engines find out. */
  readonly language?: string;
  /** How patient the agent is; absent for the server's own. Whoever opens the room has the say. */
  readonly turnPreset?: TurnPreset;
  /** Absent or `true`: the default one; `false`: none, listen and type only. */
  readonly microphone?: MicrophoneSource | false;
  /** Where the microphone cannot be opened, go on without; the state says why. Else `join` throws. */
  readonly withoutMicrophone?: boolean;
}

/** Results of tools and the like that wait for a connection. */
const MOST_UNSAID = 32;

/** One call, from joining a room to its end. Make another for the next one. */
export class Call {
  readonly #options: CallOptions;
  readonly #clock: Clock;
  readonly #events = new Emitter<CallEvents>();
  readonly #life = new AbortController();
  readonly #levels: LevelWatch;
  readonly #speaker: Speaker;
  readonly #microphone: Microphone;
  readonly #tools = new Tools((name, message) => void this.#say(name, message));
  #state: CallState = { kind: 'idle' };
  #joining: JoinOptions = {};
  #muted = false;
  #link: Link | undefined;
  #linkedAt = 0;
  #outage: Outage | undefined;
  #stopKeeping: (() => void) | undefined;
  /** For the server, when the connection is back; more are dropped. */
  readonly #unsaid: (() => void)[] = [];

  /** Does nothing yet: no connection and no microphone before `join`. */
  constructor(options: CallOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#levels = new LevelWatch((levels) => this.#events.emit('level', levels), this.#clock);
    this.#speaker = new Speaker({ element: options.audio, onChange: () => this.#refresh() });
    this.#microphone = new Microphone({ onLost: () => void this.#onMicrophoneLost(), media: options.media });
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
    this.#joining = options;
    const kept = this.#options.surviveReload ? takeKeptCall() : undefined;
    const resume = options.room === undefined || options.room === kept?.room ? kept?.secret : undefined;
    try {
      await this.#openMicrophone(options);
      this.#set({ kind: 'connecting', step: 'server' });
      await this.#connect(resume);
    } catch (error) {
      this.#end(endOf(error));
      throw error;
    }
  }

  /** Ends the call; safe to call at any time, and again. */
  leave(): void {
    this.#link?.leave();
    this.#link = undefined;
    this.#end({ kind: 'ended', reason: 'left', message: 'You left the call', rejoin: true });
  }

  /** Silences the microphone, or opens it again: here at once; resolves when the server knows. Throws a SignalingError. */
  async mute(muted: boolean): Promise<void> {
    this.#muted = muted;
    this.#microphone.mute(muted);
    this.#refresh();
    if (this.#microphone.track) await this.#link?.request('mute', { muted });
  }

  /**
   * Says `text` to the agent, as if spoken, 4,000 characters at most; it takes the floor. Throws a SignalingError:
   * `forbidden` where the token does not grant `text`, `wrong-state` outside of a call.
   */
  async sendText(text: string): Promise<void> {
    await this.#linked().request('text', { text });
  }

  /**
   * Silences the agent's reply. Throws a SignalingError: `forbidden` where the token grants none of `publish`, `text` and
   * `control`, `wrong-state` outside of a call.
   */
  async interrupt(): Promise<void> {
    await this.#linked().request('interrupt', {});
  }

  /** The agent answers what was said, where it would not by itself (see `answers`). Throws a SignalingError. */
  async ask(): Promise<void> {
    await this.#linked().request('ask', {});
  }

  /**
   * The agent speaks so from its next answer on; the wishes before are void. Throws a SignalingError: `wrong-state` for
   * whoever has not been in the room longest, `forbidden` where the token does not grant `control`.
   */
  async speakAs(wishes: VoiceWishes): Promise<void> {
    const { voice, speed, emotion } = wishes;
    await this.#linked().request('speak-as', { voice, speed, emotion });
    this.#joining = { ...this.#joining, voice, speed, emotion };
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
      await this.#sendMicrophone();
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

  async #connect(resume?: string): Promise<void> {
    const { iceServers = [], iceTransportPolicy } = this.#options;
    const { room, displayName, language, turnPreset, voice, speed, emotion } = this.#joining;
    const options = {
      channel: this.#options,
      token: this.#options.token,
      clock: this.#clock,
      join: { room, displayName, language, turnPreset, voice, speed, emotion },
      speaker: this.#speaker,
      loadDevice: this.#options.loadDevice ?? loadDevice,
      iceServers,
      iceTransportPolicy,
      resume,
      track: this.#microphone.track,
      muted: this.#muted,
    };
    const link = await Link.open(options, this.#handlers(), this.#life.signal);
    this.#link = link;
    this.#linkedAt = this.#clock.now();
    // A room of one's own has a name now: come back to the same.
    this.#joining = { ...this.#joining, room: link.entered.room };
    if (this.#options.surviveReload) this.#stopKeeping ??= keepCall(() => this.#wayBack());
    this.#inCall();
    this.#tools.offer();
    // What the user did while the link was opening.
    if (this.#muted !== options.muted) this.mute(this.#muted).catch((error) => this.#problem(error));
    if (this.#microphone.track !== options.track) this.#sendMicrophone().catch((error) => this.#problem(error));
  }

  #handlers(): LinkHandlers {
    return {
      joined: (entered, snapshot) => this.#onJoined(entered, snapshot),
      notice: (name, notice) => this.#onNotice(name, notice),
      problem: (problem) => this.#events.emit('problem', problem),
      agentTrack: (track) => this.#levels.watch('agent', track),
      health: (health) => {
        if (health === 'restarting') return this.#set({ kind: 'reconnecting', cause: 'media', attempt: 1 });
        this.#outage = undefined;
        if (this.#link && this.#state.kind === 'reconnecting') this.#inCall();
      },
      lost: (cause, error) => void this.#recover(cause, error),
    };
  }

  /** What was said before is told as it was told then. */
  #onJoined({ room, conversation, callerId, engines, muted }: Entered, snapshot: Snapshot): void {
    const { peers, agentState, captions } = snapshot;
    if (muted) {
      this.#muted = true;
      this.#microphone.mute(true);
    }
    this.#events.emit('joined', { room, conversation, callerId, engines, peers });
    this.#events.emit('agent-state', { state: agentState });
    for (const caption of captions) {
      const { kind, ...line } = caption;
      this.#events.emit(kind, { ...line, past: true } as CallEvents[typeof kind]);
    }
  }

  #wayBack(): ReturnType<Parameters<typeof keepCall>[0]> {
    const entered = this.#link?.entered;
    return entered && { room: entered.room, ...entered.resume };
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

  /** Mends the link, or makes new ones where the server knows this caller no more, until one holds or none will. */
  async #recover(cause: LossCause, error: SignalingError): Promise<void> {
    const { reconnect, random = Math.random } = this.#options;
    const now = this.#clock.now();
    this.#outage = afterLoss(this.#outage, { cause, now, heldMs: now - this.#linkedAt }, reconnect);
    for (let last = error; !this.#life.signal.aborted; ) {
      const step = nextAttempt(this.#outage, { now: this.#clock.now(), random: random() }, reconnect);
      if (step.kind === 'give-up') return this.#end(endOf(last, cause));
      this.#outage = step.outage;
      this.#set({ kind: 'reconnecting', cause, attempt: step.outage.attempts });
      try {
        await sleepOrOnline(this.#clock, step.ms, this.#life.signal);
        return await (this.#link ? this.#mend(this.#link) : this.#connect());
      } catch (failure) {
        last = SignalingError.from(failure);
        if (last.code === 'not-resumable') this.#unlink();
        else if (!last.retryable) return this.#end(endOf(last));
      }
    }
  }

  async #mend(link: Link): Promise<void> {
    const sending = { track: this.#microphone.track, muted: this.#muted };
    await link.mend(sending, this.#life.signal);
    this.#linkedAt = this.#clock.now();
    if (!link.restarting) this.#inCall();
    if (sending.track) this.mute(this.#muted).catch((error) => this.#problem(error));
    // What this page could not say meanwhile.
    for (const say of this.#unsaid.splice(0)) say();
  }

  #unlink(): void {
    this.#link?.close();
    this.#link = undefined;
    this.#unsaid.length = 0;
    this.#tools.cancelAll();
    this.#speaker.clear();
  }

  async #sendMicrophone(): Promise<void> {
    const { track } = this.#microphone;
    if (track) await this.#link?.send(track, this.#muted);
  }

  /** To the server, where there is one; after a connection that broke, to the same one when it is back. */
  async #say<N extends RequestName>(name: N, message: RequestOf<N>): Promise<void> {
    const link = this.#link;
    try {
      await link?.request(name, message);
    } catch (error) {
      if (this.#link !== link) return;
      if (SignalingError.from(error).code !== 'disconnected') this.#problem(error);
      else if (this.#unsaid.length < MOST_UNSAID) this.#unsaid.push(() => void this.#say(name, message));
    }
  }

  #problem(error: unknown): void {
    this.#events.emit('problem', { code: 'request-failed', message: String(error), retryable: false });
  }

  #linked(): Link {
    if (!this.#link) throw SignalingError.wrongState('There is no call to say this in');
    return this.#link;
  }

  #inCall(): void {
    const { room, callerId, engines, answers, recording = false } = this.#link!.entered;
    const { state: microphone } = this.#microphone;
    const { state: audio } = this.#speaker;
    this.#set({ kind: 'in-call', room, callerId, engines, answers, recording, muted: this.#muted, microphone, audio });
  }

  /** What a call in progress is made of has changed. */
  #refresh(): void {
    if (this.#state.kind === 'in-call' && this.#link) this.#inCall();
  }

  #set(state: CallState): void {
    if (this.#state.kind === 'ended') return;
    this.#state = state;
    this.#events.emit('state', state);
  }

  #end(end: CallEnd): void {
    if (this.#state.kind === 'ended') return;
    this.#life.abort(SignalingError.closed());
    this.#stopKeeping?.();
    this.#unlink();
    this.#microphone.close();
    this.#levels.close();
    this.#set(end);
  }
}
