import type { RequestName, RequestOf, ResponseOf } from '../protocol/index.ts';
import type { CallOptions, VoiceWishes } from './call-options.ts';
import type { Clock } from './clock.ts';
import { SignalingError } from './errors.ts';
import { keepCall } from './kept-call.ts';
import { Link, type LinkHandlers } from './link.ts';
import { loadDevice } from './media.ts';
import type { Sending } from './microphone.ts';
import type { LossCause } from './reconnect.ts';
import { Recovery } from './recovery.ts';
import type { Speaker } from './speaker.ts';
import type { CallEnd } from './state.ts';
import { Unsaid } from './unsaid.ts';

export interface ConnectionOptions {
  readonly call: CallOptions;
  readonly clock: Clock;
  readonly speaker: Speaker;
  /** As it is now. */
  readonly sending: () => Sending;
  /** Aborted when the call is over. */
  readonly signal: AbortSignal;
}

export interface ConnectionHandlers extends Pick<LinkHandlers, 'joined' | 'notice' | 'problem' | 'agentTrack'> {
  /** By a link of its own, to which this page has told nothing yet. */
  linked(): void;
  /** The audio's path is there, at first or again. */
  passing(): void;
  reconnecting(cause: LossCause, attempt: number): void;
  /** The link is no more: nobody waits for what was asked by it. */
  unlinked(): void;
  /** Lost, and nothing will help. */
  ended(end: CallEnd): void;
}

/** Keeps a call connected: by a link that is mended, or made anew where the server knows the caller no more. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #handlers: ConnectionHandlers;
  readonly #recovery: Recovery;
  readonly #unsaid = new Unsaid(
    () => this.#link,
    (error) => this.#problem(error),
  );
  #join: RequestOf<'join'> = {};
  #link: Link | undefined;
  #stopKeeping: (() => void) | undefined;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    const { clock, call } = options;
    this.#options = options;
    this.#handlers = handlers;
    this.#recovery = new Recovery({
      clock,
      policy: call.reconnect,
      random: call.random ?? Math.random,
      onAttempt: handlers.reconnecting,
      mend: () => (this.#link ? this.#mend(this.#link) : this.#connect()),
      onForgotten: () => this.#unlink(),
    });
  }

  /** Absent before it was made, and while it is made anew. */
  get link(): Link | undefined {
    return this.#link;
  }

  /** Enters the room; `resume`: the way back into it. Throws a SignalingError. */
  async open(join: RequestOf<'join'>, resume: string | undefined): Promise<void> {
    this.#join = join;
    await this.#connect(resume);
  }

  /** For links to come. */
  wish(wishes: VoiceWishes): void {
    this.#join = { ...this.#join, ...wishes };
  }

  /** Throws a SignalingError; `wrong-state` where there is no link. */
  async request<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    if (!this.#link) throw SignalingError.wrongState('There is no call to say this in');
    return this.#link.request(name, message);
  }

  /** Nobody waits for it: see Unsaid. */
  say<N extends RequestName>(name: N, message: RequestOf<N>): void {
    void this.#unsaid.say(name, message);
  }

  /** Sends the microphone's track of this moment, where there is one. Throws a SignalingError. */
  async sendTrack(): Promise<void> {
    const { track, muted } = this.#options.sending();
    if (track) await this.#link?.send(track, muted);
  }

  /** Tells whether the microphone is muted, where there is one. Throws a SignalingError. */
  async tellMuted(): Promise<void> {
    const { track, muted } = this.#options.sending();
    if (track) await this.#link?.request('mute', { muted });
  }

  /** The caller wants no more of it; `close` is to follow. */
  leave(): void {
    this.#link?.leave();
    this.#link = undefined;
  }

  close(): void {
    this.#stopKeeping?.();
    this.#unlink();
  }

  async #connect(resume?: string): Promise<void> {
    const { call, clock, speaker, sending, signal } = this.#options;
    const { token, iceServers = [], iceTransportPolicy } = call;
    const sent = sending();
    const options = {
      channel: call,
      token,
      clock,
      join: this.#join,
      speaker,
      loadDevice: call.loadDevice ?? loadDevice,
      iceServers,
      iceTransportPolicy,
      resume,
      ...sent,
    };
    const link = await Link.open(options, this.#linkHandlers(), signal);
    this.#link = link;
    this.#recovery.hold();
    // A room of one's own has a name now: come back to the same.
    this.#join = { ...this.#join, room: link.entered.room };
    if (call.surviveReload) this.#stopKeeping ??= keepCall(() => this.#wayBack());
    this.#handlers.linked();
    // What the user did while the link was opening.
    const { track, muted } = sending();
    if (muted !== sent.muted) this.tellMuted().catch((error) => this.#problem(error));
    if (track !== sent.track) this.sendTrack().catch((error) => this.#problem(error));
  }

  #linkHandlers(): LinkHandlers {
    const { passing, reconnecting } = this.#handlers;
    return {
      ...this.#handlers,
      health: (health) => {
        if (health === 'restarting') return reconnecting('media', 1);
        this.#recovery.forgive();
        if (this.#link) passing();
      },
      lost: (cause, error) => void this.#recover(cause, error),
    };
  }

  #wayBack(): ReturnType<Parameters<typeof keepCall>[0]> {
    const entered = this.#link?.entered;
    return entered && { room: entered.room, ...entered.resume };
  }

  async #recover(cause: LossCause, error: SignalingError): Promise<void> {
    const end = await this.#recovery.run(cause, error, this.#options.signal);
    if (end) this.#handlers.ended(end);
  }

  async #mend(link: Link): Promise<void> {
    const { sending, signal } = this.#options;
    await link.mend(sending(), signal);
    this.#recovery.hold();
    if (!link.restarting) this.#handlers.passing();
    this.tellMuted().catch((error) => this.#problem(error));
    this.#unsaid.sayAgain();
  }

  #unlink(): void {
    this.#link?.close();
    this.#link = undefined;
    this.#unsaid.clear();
    this.#handlers.unlinked();
  }

  #problem(error: unknown): void {
    this.#handlers.problem({ code: 'request-failed', message: String(error), retryable: false });
  }
}
