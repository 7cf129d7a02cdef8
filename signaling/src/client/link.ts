import type { Device } from 'mediasoup-client';
import type { NoticeName, NoticeOf, ProducerInfo, RequestName, RequestOf, ResponseOf } from '../protocol/index.ts';
import { Audible } from './audible.ts';
import { Channel } from './channel.ts';
import { type Entered, type EnterOptions, enter, type Snapshot } from './enter.ts';
import { SignalingError } from './errors.ts';
import type { MediaHealth } from './ice-guard.ts';
import { MediaPath } from './media-path.ts';
import type { Sending } from './microphone.ts';
import { NetworkMoves } from './network.ts';
import { NoticeOrder } from './notice-order.ts';
import type { LossCause } from './reconnect.ts';
import type { Speaker } from './speaker.ts';
import type { CallProblem } from './state.ts';
import { Voices } from './voices.ts';

export interface LinkOptions extends EnterOptions {
  readonly speaker: Speaker;
  readonly loadDevice: () => Promise<Device>;
  readonly iceServers: RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
}

export interface LinkHandlers {
  /** Before any notice, and where so much was missed that the room is told as a whole again. */
  joined(entered: Entered, snapshot: Snapshot): void;
  notice<N extends NoticeName>(name: N, notice: NoticeOf<N>): void;
  problem(problem: CallProblem): void;
  agentTrack(track: MediaStreamTrack): void;
  health(health: Exclude<MediaHealth, 'lost'>): void;
  /** Once, after it was opened or mended: `mend` may help. */
  lost(cause: LossCause, error: SignalingError): void;
}

/** One life in a room: membership, media, and the connection, which may be another one later. The call says when to mend it. */
export class Link {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #order = new NoticeOrder();
  readonly #audible = new Audible(() => this.#tellPlaying());
  readonly #voices: Voices;
  readonly #media: MediaPath;
  readonly #broken = new Set<LossCause>();
  readonly #moves = new NetworkMoves();
  #channel!: Channel;
  #entered!: Entered;
  #failure: SignalingError | undefined;
  #phase: 'opening' | 'open' | 'broken' | 'closed' = 'opening';

  private constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    const { clock, speaker, loadDevice, iceServers, iceTransportPolicy } = options;
    const audible = this.#audible;
    this.#voices = new Voices({
      clock,
      speaker,
      audible,
      onAgentTrack: (track) => handlers.agentTrack(track),
      // Advice to the server: one that is lost is followed by the next.
      onPlayout: (delayMs) => void this.request('playout', { delayMs }).catch(() => {}),
      onProblem: (message) => this.#problem('request-failed', message),
    });
    this.#media = new MediaPath({
      clock,
      voices: this.#voices,
      audible,
      request: (name, message) => this.request(name, message),
      loadDevice,
      iceServers,
      iceTransportPolicy,
      onHealth: (health) => this.#onHealth(health),
    });
  }

  /** Connects, joins, sends `track` and listens. Throws a SignalingError and leaves nothing open. */
  static async open(options: LinkOptions & Sending, handlers: LinkHandlers, signal: AbortSignal): Promise<Link> {
    const link = new Link(options, handlers);
    const stop = () => link.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await link.#enter(signal);
      await link.#media.open(link.#entered.routerRtpCapabilities, options);
      if (signal.aborted) throw SignalingError.closed();
      if (link.#failure) throw link.#failure;
      link.#phase = 'open';
      return link;
    } catch (error) {
      link.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  get entered(): Entered {
    return this.#entered;
  }

  /** ICE is looking for another path. */
  get restarting(): boolean {
    return this.#media.restarting;
  }

  request<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    return this.#channel.request(name, message);
  }

  /**
   * Mends what broke, as the same caller: connects again, and makes new media where ICE could not save the old. Throws a
   * SignalingError; `not-resumable` where the server has given the caller up.
   */
  async mend(sending: Sending, signal: AbortSignal): Promise<void> {
    if (this.#broken.has('socket')) await this.#resume(signal);
    if (this.#broken.has('media')) await this.#renewMedia(sending);
    else this.#media.resume({ moved: this.#moves.take() });
    signal.throwIfAborted();
    // Mended, unless something broke again meanwhile.
    if (this.#broken.size > 0) throw this.#failure ?? SignalingError.closed();
    this.#phase = 'open';
    this.#media.check();
  }

  /** Sends the microphone's track, in place of the one before. */
  send(track: MediaStreamTrack, muted: boolean): Promise<void> {
    return this.#media.send(track, muted);
  }

  /** Ends the media at once, tells the server, and closes the connection when it knows. */
  leave(): void {
    if (this.#phase === 'closed') return;
    const told = this.request('leave', {});
    this.#stop();
    told.catch(() => {}).finally(() => this.#channel.close());
  }

  close(): void {
    this.#stop();
    this.#channel?.close();
  }

  #stop(): void {
    this.#phase = 'closed';
    this.#moves.close();
    this.#media.close();
  }

  async #enter(signal: AbortSignal): Promise<void> {
    this.#order.hold();
    this.#channel = await this.#connect(signal);
    this.#take(await enter(this.#channel, this.#options, signal));
  }

  /** Takes the caller's place again by another connection. */
  async #resume(signal: AbortSignal): Promise<void> {
    const { secret } = this.#entered.resume;
    const silentMs = await this.#voices.agentSilentMs();
    const channel = await this.#connect(signal);
    try {
      this.#order.hold();
      const answer = await channel.request('resume', { secret, seen: this.#order.seen, silentMs });
      if (!channel.open || this.#phase === 'closed') throw SignalingError.disconnected('it broke at once');
      this.#channel = channel;
      this.#broken.delete('socket');
      this.#take(answer);
    } catch (error) {
      this.#order.forget();
      channel.close();
      throw error;
    }
  }

  #connect(signal: AbortSignal): Promise<Channel> {
    let channel: Channel | undefined;
    const handlers = {
      notice: <N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number) => {
        this.#order.take(seq, () => this.#onNotice(name, notice));
      },
      badNotice: (name: NoticeName, error: Error) => {
        this.#problem('bad-notice', `A ${name} notice does not fit the protocol: ${error.message}`);
      },
      drop: (error: SignalingError) => {
        if (this.#channel === channel) this.#lose('socket', error);
      },
    };
    return Channel.open(this.#options.channel, handlers, signal).then((opened) => (channel = opened));
  }

  /** The caller's place; with the whole room where its notices do not tell all. */
  #take({ snapshot, ...entered }: ResponseOf<'resume'>): void {
    this.#entered = entered;
    if (snapshot) {
      this.#order.skipTo(entered.seq);
      this.#handlers.joined(entered, snapshot);
      this.#voices.replace(snapshot.producers);
    }
    this.#order.release();
  }

  async #renewMedia(sending: Sending): Promise<void> {
    this.#broken.delete('media');
    try {
      await this.#media.open(this.#entered.routerRtpCapabilities, sending);
    } catch (error) {
      this.#broken.add('media');
      throw error;
    }
  }

  #onNotice<N extends NoticeName>(name: N, notice: NoticeOf<N>): void {
    if (name === 'producer-added') this.#voices.add(notice as ProducerInfo);
    else if (name === 'producer-removed') this.#voices.remove((notice as NoticeOf<'producer-removed'>).producerId);
    else this.#handlers.notice(name, notice);
  }

  #tellPlaying(): boolean {
    if (this.#phase === 'broken' || this.#phase === 'closed') return false;
    this.request('playing', {}).catch((error) => this.#problem('request-failed', String(error)));
    return true;
  }

  #onHealth(health: MediaHealth): void {
    if (health === 'lost') this.#lose('media', SignalingError.mediaFailed('No audio path to the server'));
    else this.#handlers.health(health);
  }

  #lose(cause: LossCause, error: SignalingError): void {
    if (this.#phase === 'closed') return;
    this.#failure = error;
    this.#broken.add(cause);
    this.#audible.tellAgain();
    if (cause === 'socket') this.#media.pause();
    if (this.#phase !== 'open') return;
    this.#phase = 'broken';
    this.#handlers.lost(cause, error);
  }

  #problem(code: 'bad-notice' | 'request-failed', message: string): void {
    if (this.#phase !== 'closed') this.#handlers.problem({ code, message, retryable: false });
  }
}
