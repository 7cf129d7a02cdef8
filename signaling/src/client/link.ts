import type { Device } from 'mediasoup-client';
import {
  AGENT_ID,
  type NoticeName,
  type NoticeOf,
  type ProducerInfo,
  type RequestName,
  type RequestOf,
  type ResponseOf,
} from '../protocol/index.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import type { Clock } from './clock.ts';
import { SignalingError } from './errors.ts';
import { IceGuard, type MediaHealth } from './ice-guard.ts';
import { Media } from './media.ts';
import { type PlayoutTotals, playoutDelayMs } from './playout.ts';
import type { LossCause } from './reconnect.ts';
import type { Speaker } from './speaker.ts';
import type { CallProblem } from './state.ts';

/** How often the server is told how far playing is behind, ms. */
const PLAYOUT_PERIOD_MS = 2_000;

export interface LinkOptions {
  readonly channel: ChannelOptions;
  readonly clock: Clock;
  readonly join: RequestOf<'join'>;
  readonly speaker: Speaker;
  readonly loadDevice: () => Promise<Device>;
  readonly iceServers: RTCIceServer[];
}

export interface LinkHandlers {
  /** Before any notice. */
  joined(joined: ResponseOf<'join'>): void;
  notice<N extends NoticeName>(name: N, notice: NoticeOf<N>): void;
  problem(problem: CallProblem): void;
  agentTrack(track: MediaStreamTrack): void;
  health(health: Exclude<MediaHealth, 'lost'>): void;
  /** Once, after it was opened: this link is of no more use. */
  lost(cause: LossCause, error: SignalingError): void;
}

/** What must all be true before the agent may greet. */
type Audible = 'connected' | 'resumed' | 'playing';
const AUDIBLE_NEEDS = 3;

/** One life of a connection: socket, membership of the room, media. It never reconnects; the call makes the next one. */
export class Link {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #guard: IceGuard;
  readonly #peers = new Map<string, string>();
  readonly #audible = new Set<Audible>();
  #channel!: Channel;
  #media: Media | undefined;
  #joined!: ResponseOf<'join'>;
  #failure: SignalingError | undefined;
  #phase: 'opening' | 'open' | 'closed' = 'opening';
  #stopPlayout: (() => void) | undefined;

  private constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#guard = new IceGuard({
      clock: options.clock,
      restart: async (direction) => this.#media?.restartIce(direction),
      onHealth: (health) => this.#onHealth(health),
    });
  }

  /** Connects, joins, sends `track` and listens. Throws a SignalingError and leaves nothing open. */
  static async open(
    options: LinkOptions & { track: MediaStreamTrack | undefined; muted: boolean },
    handlers: LinkHandlers,
    signal: AbortSignal,
  ): Promise<Link> {
    const link = new Link(options, handlers);
    const stop = () => link.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await link.#open(signal);
      await Promise.all([
        options.track ? link.send(options.track, options.muted) : undefined,
        ...[...link.#peers.keys()].map((producerId) => link.#receive(producerId)),
      ]);
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

  get joined(): ResponseOf<'join'> {
    return this.#joined;
  }

  request<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    return this.#channel.request(name, message);
  }

  /** Sends the microphone's track, in place of the one before. */
  async send(track: MediaStreamTrack, muted: boolean): Promise<void> {
    await this.#media?.send(track);
    if (muted) await this.request('mute', { muted });
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
    this.#stopPlayout?.();
    this.#guard.close();
    this.#media?.close();
  }

  async #open(signal: AbortSignal): Promise<void> {
    const { channel, join, loadDevice, iceServers } = this.#options;
    const handlers = {
      notice: <N extends NoticeName>(name: N, notice: NoticeOf<N>) => this.#onNotice(name, notice),
      badNotice: (name: NoticeName, error: Error) => {
        this.#problem('bad-notice', `A ${name} notice does not fit the protocol: ${error.message}`);
      },
      drop: (error: SignalingError) => this.#lose('socket', error),
    };
    this.#channel = await Channel.open(channel, handlers, signal);
    this.#joined = await this.request('join', join);
    this.#handlers.joined(this.#joined);
    for (const { producerId, peerId } of this.#joined.producers) this.#peers.set(producerId, peerId);
    const media = await Media.open({
      request: (name, message) => this.request(name, message),
      loadDevice,
      routerRtpCapabilities: this.#joined.routerRtpCapabilities,
      iceServers,
      onConnection: (direction, state) => {
        if (direction === 'recv' && state === 'connected') this.#meet('connected');
        this.#guard.handleState(direction, state);
      },
    });
    if (this.#phase === 'closed') return media.close();
    this.#media = media;
  }

  #onNotice<N extends NoticeName>(name: N, notice: NoticeOf<N>): void {
    if (name === 'producer-added') this.#onProducer(notice as ProducerInfo);
    else if (name === 'producer-removed') this.#onProducerGone((notice as NoticeOf<'producer-removed'>).producerId);
    else this.#handlers.notice(name, notice);
  }

  #onProducer({ producerId, peerId }: ProducerInfo): void {
    if (this.#peers.has(producerId)) return;
    this.#peers.set(producerId, peerId);
    if (this.#media) void this.#receive(producerId);
  }

  #onProducerGone(producerId: string): void {
    const peerId = this.#peers.get(producerId);
    this.#peers.delete(producerId);
    this.#media?.remove(producerId);
    // Where a peer's new producer came first, its voice plays already.
    if (peerId === undefined || [...this.#peers.values()].includes(peerId)) return;
    this.#options.speaker.remove(peerId);
    if (peerId !== AGENT_ID) return;
    this.#audible.delete('resumed');
    this.#audible.delete('playing');
  }

  /** A voice that cannot be received is a problem; the call goes on. */
  async #receive(producerId: string): Promise<void> {
    const peerId = this.#peers.get(producerId) ?? '';
    try {
      const { track, resume } = await this.#media!.receive(producerId);
      if (this.#phase === 'closed' || !this.#peers.has(producerId)) return this.#media!.remove(producerId);
      const audible = this.#options.speaker.play(peerId, track);
      if (peerId === AGENT_ID) {
        this.#handlers.agentTrack(track);
        void audible.then((playing) => playing && this.#meet('playing'));
      }
      await resume();
      if (peerId !== AGENT_ID) return;
      this.#meet('resumed');
      this.#reportPlayout(producerId);
    } catch (error) {
      this.#problem('request-failed', `No audio from ${peerId}: ${String(error)}`);
    }
  }

  #meet(condition: Audible): void {
    if (this.#phase === 'closed' || this.#audible.has(condition)) return;
    this.#audible.add(condition);
    if (this.#audible.size < AUDIBLE_NEEDS) return;
    this.request('playing', {}).catch((error) => this.#problem('request-failed', String(error)));
  }

  #reportPlayout(producerId: string, before?: PlayoutTotals): void {
    this.#stopPlayout?.();
    this.#stopPlayout = this.#options.clock.after(PLAYOUT_PERIOD_MS, async () => {
      const now = await this.#media?.playout(producerId).catch(() => undefined);
      if (this.#phase === 'closed' || !this.#peers.has(producerId)) return;
      const delayMs = before && now ? playoutDelayMs(before, now) : undefined;
      // Advice to the server: one that is lost is followed by the next.
      if (delayMs !== undefined) this.request('playout', { delayMs: Math.min(delayMs, 10_000) }).catch(() => {});
      this.#reportPlayout(producerId, now ?? before);
    });
  }

  #onHealth(health: MediaHealth): void {
    if (health === 'lost') this.#lose('media', SignalingError.mediaFailed('No audio path to the server'));
    else this.#handlers.health(health);
  }

  #lose(cause: LossCause, error: SignalingError): void {
    this.#failure = error;
    if (this.#phase === 'open') this.#handlers.lost(cause, error);
  }

  #problem(code: 'bad-notice' | 'request-failed', message: string): void {
    if (this.#phase !== 'closed') this.#handlers.problem({ code, message, retryable: false });
  }
}
