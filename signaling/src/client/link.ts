import type { Device } from 'mediasoup-client';
import { AGENT_ID } from '../protocol/constants.ts';
import type { NoticeName, NoticeOf, ProducerInfo, RequestName, RequestOf, ResponseOf } from '../protocol/index.ts';
import { Channel, type ChannelOptions, REQUEST_TIMEOUT_MS } from './channel.ts';
import type { Clock } from './clock.ts';
import { SignalingError } from './errors.ts';
import { IceGuard, type MediaHealth } from './ice-guard.ts';
import { Media } from './media.ts';
import { NetworkMoves } from './network.ts';
import { type PlayoutTotals, playoutDelayMs } from './playout.ts';
import type { LossCause } from './reconnect.ts';
import type { Speaker } from './speaker.ts';
import type { CallProblem } from './state.ts';
import { askToken, type TokenSource } from './token.ts';

/** How often the server is told how far playing is behind, ms. */
const PLAYOUT_PERIOD_MS = 2_000;

export interface LinkOptions {
  readonly channel: ChannelOptions;
  readonly clock: Clock;
  readonly join: RequestOf<'join'>;
  /** Asked before each join. */
  readonly token?: TokenSource | undefined;
  readonly speaker: Speaker;
  readonly loadDevice: () => Promise<Device>;
  readonly iceServers: RTCIceServer[];
  readonly iceTransportPolicy?: RTCIceTransportPolicy | undefined;
  /** The way back into a call that a reload has cut off; where it leads nowhere, the room is joined anew. */
  readonly resume?: string | undefined;
}

export type Snapshot = NonNullable<ResponseOf<'resume'>['snapshot']>;
/** What is known of the caller's place. */
export type Entered = Omit<ResponseOf<'resume'>, 'snapshot'>;

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

/** What must all be true before the agent may greet. */
type Audible = 'connected' | 'resumed' | 'playing';
const AUDIBLE_NEEDS = 3;

/** What the microphone sends. */
export interface Sending {
  readonly track: MediaStreamTrack | undefined;
  readonly muted: boolean;
}

/** One life in a room: membership, media, and the connection, which may be another one later. The call says when to mend it. */
export class Link {
  readonly #options: LinkOptions;
  readonly #handlers: LinkHandlers;
  readonly #peers = new Map<string, string>();
  readonly #audible = new Set<Audible>();
  readonly #broken = new Set<LossCause>();
  readonly #moves = new NetworkMoves();
  #channel!: Channel;
  #guard!: IceGuard;
  #media: Media | undefined;
  #entered!: Entered;
  /** The number of the room's last event that was taken in. */
  #seen = 0;
  /** What comes before the answer that it follows has been taken in. */
  #early: (() => void)[] | undefined;
  #failure: SignalingError | undefined;
  #phase: 'opening' | 'open' | 'broken' | 'closed' = 'opening';
  #toldPlaying = false;
  #stopPlayout: (() => void) | undefined;

  private constructor(options: LinkOptions, handlers: LinkHandlers) {
    this.#options = options;
    this.#handlers = handlers;
  }

  /** Connects, joins, sends `track` and listens. Throws a SignalingError and leaves nothing open. */
  static async open(options: LinkOptions & Sending, handlers: LinkHandlers, signal: AbortSignal): Promise<Link> {
    const link = new Link(options, handlers);
    const stop = () => link.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await link.#open(signal);
      await link.#openMedia(options);
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
    return this.#guard.restarting;
  }

  request<N extends RequestName>(name: N, message: RequestOf<N>): Promise<ResponseOf<N>> {
    return this.#channel.request(name, message);
  }

  /**
   * Mends what broke, as the same caller: connects again, and makes new media where ICE could not save the old. Throws a
   * SignalingError; `not-resumable` where the server has given the caller up.
   */
  async mend(sending: Sending, signal: AbortSignal): Promise<void> {
    if (this.#broken.has('socket')) await this.#reconnect(signal);
    if (this.#broken.has('media')) await this.#renewMedia(sending);
    else this.#guard.resume({ moved: this.#moves.take() });
    // Mended, unless something broke again meanwhile.
    if (this.#broken.size > 0) throw this.#failure ?? SignalingError.closed();
    this.#phase = 'open';
    if (this.#media?.isConnected('recv')) this.#meet('connected');
    else this.#audible.delete('connected');
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
    this.#moves.close();
    this.#guard?.close();
    this.#media?.close();
  }

  async #open(signal: AbortSignal): Promise<void> {
    this.#early = [];
    const channel = await this.#connect(signal);
    this.#channel = channel;
    const { snapshot, ...entered } = (await this.#resumed(channel)) ?? (await this.#joined(channel, signal));
    this.#entered = entered;
    if (snapshot) this.#take(snapshot);
    this.#release();
  }

  async #joined(channel: Channel, signal: AbortSignal): Promise<ResponseOf<'resume'>> {
    const { channel: settings, join, token: source, clock } = this.#options;
    const { timeoutMs = REQUEST_TIMEOUT_MS } = settings;
    const token = await askToken(source, { room: join.room, timeoutMs, clock, signal });
    const { producers, peers, agentState, captions, ...entered } = await channel.request('join', { ...join, token });
    return { ...entered, muted: false, snapshot: { producers, peers, agentState, captions } };
  }

  /** Where a reload has cut a call off that goes on. */
  async #resumed(channel: Channel): Promise<ResponseOf<'resume'> | undefined> {
    const { resume: secret } = this.#options;
    if (secret === undefined) return undefined;
    try {
      return await channel.request('resume', { secret });
    } catch (error) {
      if (SignalingError.from(error).code === 'not-resumable') return undefined;
      throw error;
    }
  }

  #connect(signal: AbortSignal): Promise<Channel> {
    let channel: Channel | undefined;
    const handlers = {
      notice: <N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number) => {
        if (this.#early) this.#early.push(() => this.#onNotice(name, notice, seq));
        else this.#onNotice(name, notice, seq);
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

  async #reconnect(signal: AbortSignal): Promise<void> {
    const { secret } = this.#entered.resume;
    const agent = [...this.#peers].find(([, peerId]) => peerId === AGENT_ID)?.[0] ?? '';
    const silentMs = await this.#media?.silentMs(agent).catch(() => undefined);
    const channel = await this.#connect(signal);
    try {
      this.#early = [];
      const { snapshot, ...entered } = await channel.request('resume', { secret, seen: this.#seen, silentMs });
      if (!channel.open || this.#phase === 'closed') throw SignalingError.disconnected('it broke at once');
      this.#channel = channel;
      this.#broken.delete('socket');
      this.#entered = entered;
      if (snapshot) this.#take(snapshot);
      this.#release();
    } catch (error) {
      this.#early = undefined;
      channel.close();
      throw error;
    }
  }

  /** The whole room as it stands. */
  #take(snapshot: Snapshot): void {
    this.#seen = this.#entered.seq;
    this.#handlers.joined(this.#entered, snapshot);
    const there = new Set(snapshot.producers.map(({ producerId }) => producerId));
    for (const producerId of [...this.#peers.keys()]) if (!there.has(producerId)) this.#onProducerGone(producerId);
    for (const producer of snapshot.producers) this.#onProducer(producer);
  }

  #release(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const tell of early) tell();
  }

  async #renewMedia(sending: Sending): Promise<void> {
    this.#broken.delete('media');
    try {
      await this.#openMedia(sending);
    } catch (error) {
      this.#broken.add('media');
      throw error;
    }
  }

  /** In place of what there was. */
  async #openMedia({ track, muted }: Sending): Promise<void> {
    const { loadDevice, iceServers, iceTransportPolicy, clock } = this.#options;
    this.#guard?.close();
    this.#media?.close();
    this.#media = undefined;
    this.#audible.clear();
    const guard = new IceGuard({
      clock,
      restart: async (direction) => media.restartIce(direction),
      onHealth: (health) => this.#guard === guard && this.#onHealth(health),
    });
    this.#guard = guard;
    const media = await Media.open({
      request: (name, message) => this.request(name, message),
      loadDevice,
      routerRtpCapabilities: this.#entered.routerRtpCapabilities,
      iceServers,
      iceTransportPolicy,
      onConnection: (direction, state) => {
        if (this.#guard !== guard) return;
        guard.handleState(direction, state);
        if (direction === 'recv' && state === 'connected') this.#meet('connected');
      },
    });
    if (this.#phase === 'closed') return media.close();
    this.#media = media;
    await Promise.all([
      track ? this.send(track, muted) : undefined,
      ...[...this.#peers.keys()].map((producerId) => this.#receive(producerId)),
    ]);
  }

  #onNotice<N extends NoticeName>(name: N, notice: NoticeOf<N>, seq?: number): void {
    // Seen before the connection broke, or part of what was told as a whole.
    if (seq !== undefined && seq <= this.#seen) return;
    this.#seen = seq ?? this.#seen;
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
    if (this.#phase === 'closed') return;
    this.#audible.add(condition);
    if (this.#audible.size < AUDIBLE_NEEDS || this.#toldPlaying || this.#phase === 'broken') return;
    this.#toldPlaying = true;
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
    if (this.#phase === 'closed') return;
    this.#failure = error;
    this.#broken.add(cause);
    this.#toldPlaying = false;
    if (cause === 'socket') this.#guard?.pause();
    if (this.#phase !== 'open') return;
    this.#phase = 'broken';
    this.#handlers.lost(cause, error);
  }

  #problem(code: 'bad-notice' | 'request-failed', message: string): void {
    if (this.#phase !== 'closed') this.#handlers.problem({ code, message, retryable: false });
  }
}
